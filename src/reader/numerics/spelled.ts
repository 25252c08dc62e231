import type { Chain, CountRetrieve, GraphWalk, RecordSet, Retrieve } from "../../tasks/circuit.ts";
import type { Problem } from "../../tasks/task.ts";
import { walkHops } from "../circuits/graph-walk.ts";
import type { TextGeometry } from "../geometry/geometry.ts";
import { readWithEach } from "./mechanism.ts";
import type { Mechanism, Outcome } from "./mechanism.ts";
import { questionsOf, spellingOf } from "./spelling.ts";
import type { ReadAnswers, ToldRecords } from "./spelling.ts";
import { embedText } from "./text-records.ts";
import { Trace } from "./trace.ts";
import type { Workspace } from "./workspace.ts";

/** Circuits whose answers are read one by one. */
export type Spelling = Retrieve | Chain | GraphWalk | CountRetrieve;

/** A circuit as a list of answers to be read. */
interface Listing extends ToldRecords {
  readonly contextEnd?: number;
  /** records that the question itself asks for */
  readonly questions: readonly number[];
  /** Reads the answers. @returns what they tell, where they are right */
  readonly run: (read: ReadAnswers) => number[];
}

/**
 * Reads answers one by one, as models write them. A token that was misread does not mislead the next one, nor a hop of a
 * chain the next hop. A walk goes on from the nodes that were read right: an id that is no node's leads nowhere.
 */
export function* readSpelled(
  workspace: Workspace,
  { circuit, problem, geometry }: { circuit: Spelling; problem: Problem; geometry: TextGeometry },
  mechanisms: readonly Mechanism[],
): Generator<Outcome> {
  const listing = listingOf(circuit);
  const { records, contextEnd, questions, run } = listing;
  const asked = { problem, geometry, records, ...(contextEnd !== undefined && { contextEnd }) };
  const text = embedText(workspace, asked, (prompt) => questionsOf(prompt, questions));
  const spell = spellingOf(workspace, text, listing);
  yield* readWithEach(workspace.spaces, mechanisms, (mechanism) => {
    const trace = new Trace(mechanism);
    return { conclusion: run(spell(mechanism, trace)), seen: trace.means() };
  });
}

function listingOf(circuit: Spelling): Listing {
  switch (circuit.kind) {
    case "retrieve":
      return listed(circuit, askedRecords(circuit));
    case "chain":
      return chained(circuit);
    case "graph-walk":
      return walked(circuit);
    case "count-retrieve": {
      const { responses, needles, wanted } = circuit;
      return listed({ records: responses, candidates: responses.value, alike: [...needles] }, [
        needles[wanted - 1]!,
      ]);
    }
  }
}

/** Records of a key, in the order of the text. */
const recordsOf = ({ key }: RecordSet, feature: number): number[] => {
  const keys = key[0]!.features;
  return Array.from(keys.keys()).filter((record) => keys[record] === feature);
};

const askedRecords = ({ records, asked, answers }: Retrieve): number[] =>
  asked.flatMap((terms) => terms.flatMap(({ feature }) => recordsOf(records, feature)).slice(0, answers));

/** Answers that are all asked for in one step. */
const listed = (
  prompt: Pick<Listing, "records" | "contextEnd" | "candidates" | "alike">,
  answers: readonly number[],
): Listing => ({
  ...prompt,
  questions: answers,
  run: (read) => read(answers, 0).map((record) => prompt.records.value[record]!),
});

/** Answers of which each is asked for by the one before, a step each. */
function chained({ records, contextEnd, candidates, start, hops }: Chain): Listing {
  const path: number[] = [];
  for (let at = start; path.length < hops; at = records.value[path.at(-1)!]!) {
    const next = recordsOf(records, at).find((record) => !path.includes(record));
    if (next === undefined) break;
    path.push(next);
  }
  return {
    records,
    contextEnd,
    candidates,
    questions: path,
    run: (read) =>
      path.flatMap((record, step) => read([record], step)).map((record) => records.value[record]!),
  };
}

/** Other ends of a frontier's edges, which are listed one after another. */
function walked({ records, candidates, ...walk }: GraphWalk): Listing {
  const edges = new Map<number, number[]>();
  records.key[0]!.features.forEach((node, edge) => edges.set(node, [...(edges.get(node) ?? []), edge]));
  return {
    records,
    candidates,
    questions: edges.get(walk.start) ?? [],
    run: (read) =>
      walkHops(walk, (frontier, hop) => {
        const own = frontier.flatMap((node) => edges.get(node) ?? []).sort((a, b) => a - b);
        return read(own, hop).map((edge) => records.value[edge]!);
      }).sort((a, b) => a - b),
  };
}
