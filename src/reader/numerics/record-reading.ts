import type { Problem } from "../../tasks/task.ts";
import { parseGeometry } from "../geometry/geometry.ts";
import type { Projections } from "../reading.ts";
import { askerOf } from "./asker.ts";
import type { Batch } from "./asker.ts";
import { readWithEach } from "./mechanism.ts";
import type { Mechanism, Outcome } from "./mechanism.ts";
import { makeCandidates } from "./project.ts";
import { recordCircuit } from "./record-circuits.ts";
import type { CircuitOverRecords, QueryMeaning } from "./record-circuits.ts";
import { embedRecords } from "./records.ts";
import type { RecordCache } from "./records.ts";
import { embedText } from "./text-records.ts";
import { Trace } from "./trace.ts";
import type { Workspace } from "./workspace.ts";

/** Runs a circuit over records with each mechanism in turn. The records are embedded once. */
export function* readRecords(
  workspace: Workspace,
  circuit: CircuitOverRecords,
  problem: Problem,
  mechanisms: readonly Mechanism[],
): Generator<Outcome> {
  const { features } = problem;
  const { questions, queries: meaningOf, run } = recordCircuit(circuit, workspace.tokens);
  const { text: geometry } = parseGeometry(workspace.params.geometry);
  const records = geometry
    ? embedText(workspace, { ...circuit, problem, geometry, softness: softnessOf(circuit, workspace) }, () =>
        questions.map((subject) => ({ subject })),
      )
    : embedRecords(workspace, { ...circuit, features, questions });
  const meaning = meaningOf(records);
  const { batch: most = Infinity } = meaning;
  const candidates = makeCandidates(circuit.candidates, records.valueCodes(circuit.candidates));

  yield* readWithEach(workspace.spaces, mechanisms, (mechanism) => {
    const trace = new Trace(mechanism);
    const askBatch = askerOf({
      workspace,
      cache: records.cache,
      mechanism,
      candidates,
      trace,
      nameOf: (feature) => features[feature]!,
      idle: records.idle,
    });
    const conclusion = run({
      ask<T>(queries: Iterable<number>, step: number, readOut: (answer: Projections) => T): T[] {
        const given = [...queries];
        // ascending, so that sums do not depend on the order in which a circuit found its queries
        const ascending = given.slice().sort((a, b) => a - b);
        const answers = new Map<number, T>();
        for (let from = 0; from < ascending.length; from += most) {
          const asked = ascending.slice(from, from + most);
          askBatch(batchOf(records, { meaning, features }, asked, step), readOut).forEach((answer, i) =>
            answers.set(asked[i]!, answer),
          );
        }
        return given.map((query) => answers.get(query)!);
      },
    });
    return { conclusion, seen: trace.means() };
  });
}

/** A batch of a circuit's queries as the cache is asked them. */
function batchOf(
  { ideal, anchors }: RecordCache,
  { meaning, features }: { readonly meaning: QueryMeaning; readonly features: readonly string[] },
  queries: readonly number[],
  step: number,
): Batch {
  const { name, asked, id, position, traceEvery = 1 } = meaning;
  const sums = queries.map(asked);
  return {
    name: name(step),
    ideal: ideal(sums),
    ids: Uint32Array.from(queries.flatMap(id)),
    positions: Int32Array.from(queries, position),
    step,
    gold: sums.map((terms, i) =>
      i % traceEvery === 0 ? terms.flatMap(({ feature }) => anchors[feature]!) : undefined,
    ),
    nameOf: (i) => sums[i]!.map(({ feature }) => features[feature]!).join(" + "),
  };
}

/** Sharpness of a query that counts: sharper ones would see a few of the records alone. */
const countingSharpness = 1;

const softnessOf = ({ kind }: CircuitOverRecords, { params: { sharpness } }: Workspace): number =>
  kind === "aggregate" ? Math.min(1, countingSharpness / sharpness) : 1;
