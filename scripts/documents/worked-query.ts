import { attender } from "../../src/attention/attender.ts";
import { parseShaping } from "../../src/attention/spec.ts";
import { variants } from "../../src/attention/registry.ts";
import { unmeasured } from "../../src/core/profile.ts";
import { flat, rowNumbers } from "../../src/core/tensor.ts";
import { formatShare } from "../../src/core/units.ts";
import { referenceEngine } from "../../src/engines/reference/engine.ts";
import { makeCandidates, project } from "../../src/reader/numerics/project.ts";
import { makeQueries } from "../../src/reader/numerics/queries.ts";
import { askFor, embedRecords } from "../../src/reader/numerics/records.ts";
import { headSpaces } from "../../src/reader/numerics/workspace.ts";
import { resolveReader } from "../../src/reader/params.ts";
import { projectionNoise, standingOut } from "../../src/reader/readout.ts";
import { drawProblem, parseTask } from "../../src/tasks/spec.ts";
import { streamsOf } from "../../src/trial/settle.ts";
import { joined, table } from "./markdown.ts";

/** The first search of results/length-sweep. */
const trial = { task: "graphwalks(operation=bfs)", tokens: 4000, seed: 0, trial: 0 };

/** A whole number with commas between thousands. */
const grouped = (value: number): string => Math.round(value).toLocaleString("en");

/** The first hop of that search by dense attention, number by number. */
export function workedQuery(): string {
  const problem = drawProblem(parseTask(trial.task), { ...trial, index: trial.trial });
  const { circuit, features, tokens } = problem;
  if (circuit.kind !== "graph-walk") throw new Error(`${trial.task} is no walk`);
  const params = resolveReader();
  const ops = referenceEngine();
  const spaces = headSpaces(ops, params.kvHeads);
  const workspace = { ops, params, seed: streamsOf(trial), tokens, spaces, measure: unmeasured };

  const records = embedRecords(workspace, { ...circuit, features, questions: [askFor(circuit.start)] });
  const batch = {
    name: "hop 0",
    ideal: records.ideal([askFor(circuit.start)]),
    ids: records.ids.slice(2 * circuit.start, 2 * circuit.start + 2),
    positions: Int32Array.of(tokens - 1),
    step: 0,
  };
  const queries = makeQueries(workspace, { ...batch, phase: "decode" });
  const dense = { variant: variants.get("dense"), params: {}, shaping: parseShaping("none") };
  const { heads } = attender(dense, records.cache, ops)(queries);

  // the first head's logits and weights
  const query = flat(queries.heads[0]!);
  const keys = records.cache.heads[0]!.keys.tensor;
  const logits = Float64Array.from({ length: tokens }, (_, row) => {
    const key = rowNumbers(keys, row);
    let dot = 0;
    for (let i = 0; i < params.headDim; i++) dot += query[i]! * key[i]!;
    return queries.scale * dot;
  });
  const gold = records.anchors[circuit.start]!;
  const matching = gold.map((anchor) => circuit.records.anchor.indexOf(anchor));
  const isMember = (row: number): boolean =>
    matching.some((r) => row >= circuit.records.start[r]! && row < circuit.records.anchor[r]!);
  const members = logits.filter((_, row) => isMember(row));
  const random = logits.filter((_, row) => !gold.includes(row) && !isMember(row));
  const weights = heads[0]!.weights(0, gold);
  const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b, 0);
  const leakOf = (values: Float64Array): string => grouped(sum(values.map(Math.exp)));

  const candidates = makeCandidates(circuit.candidates, records.valueCodes(circuit.candidates));
  const [projections] = project(
    workspace,
    { ...batch, outputs: heads.map(({ output }) => output) },
    candidates,
  );
  const answer = {
    candidates: circuit.candidates,
    values: projections!,
    total: circuit.candidates.length,
    noise: projectionNoise(params),
  };
  const accepted = standingOut(answer);
  const right = matching.map((r) => circuit.records.value[r]!);
  const valueOf = (feature: number): number => projections![circuit.candidates.indexOf(feature)]!;
  const wrong = Math.max(
    ...Array.from(circuit.candidates)
      .filter((node) => !right.includes(node))
      .map(valueOf),
  );
  const top = Math.max(...projections!);

  const { sharpness: g, headDim: d, fidelity: rho, coherence: c, kvHeads, residualNoise } = params;
  const matches = sum(Float64Array.from(gold, (row) => Math.exp(logits[row]!)));
  const longLeak = 1_024_000 * Math.exp((g * g) / 2);
  const kappa = Math.sqrt(2 * Math.log(answer.total)) + 1;
  const list = (values: ArrayLike<number>, digits: number): string =>
    Array.from(values, (value) => value.toFixed(digits)).join(", ");
  return joined([
    `The first search of \`results/length-sweep\` is a graph of ${circuit.records.count} edges in ${tokens} tokens. Its first hop asks for the edges of the node \`${features[circuit.start]!}\`, ${gold.length} of them. This is what dense attention reads (first of ${kvHeads} heads, the ${kvHeads} heads together from the projections on):`,
    table({
      titles: ["quantity", "formula", "expected", "here"],
      rows: [
        [
          "logits of the matches",
          "ρ g √d",
          (rho * g * Math.sqrt(d)).toFixed(1),
          list(
            gold.map((row) => logits[row]!),
            1,
          ),
        ],
        [
          `logits of the ${members.length} other tokens of these records`,
          "√c g √d, ± g",
          `${(Math.sqrt(c) * g * Math.sqrt(d)).toFixed(1)} ± ${g}`,
          `${Math.min(...members).toFixed(1)} to ${Math.max(...members).toFixed(1)}`,
        ],
        [
          `logits of the ${grouped(random.length)} random keys`,
          "0 ± g, up to about g √(2 ln n)",
          `up to ${(g * Math.sqrt(2 * Math.log(random.length))).toFixed(1)}`,
          `up to ${Math.max(...random).toFixed(1)}`,
        ],
        [
          "leak of the random keys, Σ e^logit",
          "n e^(g²/2)",
          grouped(random.length * Math.exp((g * g) / 2)),
          leakOf(random),
        ],
        ["leak of the other tokens of these records", "", "", leakOf(members)],
        ["Σ e^logit of the matches", "", "", grouped(matches)],
        [
          "weights of the matches",
          "e^m / (Σ e^m + leak)",
          `${formatShare(1 / gold.length)} each without noise and leak`,
          list(weights, 3),
        ],
        ["weight on all matches", "", "", formatShare(sum(weights))],
        [
          "projections of the right nodes",
          "⟨o, c⟩ / ⟨c, c⟩",
          "their mean weight",
          list(right.map(valueOf), 3),
        ],
        [
          "noise of a projection",
          "σ / √D",
          (residualNoise / Math.sqrt(d * kvHeads)).toFixed(3),
          `largest wrong node: ${wrong.toFixed(3)}`,
        ],
        [
          `floor for ${answer.total} candidates`,
          "max(κ σ_p, 0.4 max p)",
          `max(${(kappa * answer.noise).toFixed(3)}, ${(0.4 * top).toFixed(3)})`,
          `${accepted.length} nodes accepted, ${accepted.filter((node) => right.includes(node)).length} of ${right.length} right`,
        ],
      ],
    }),
    `In 1,024,000 tokens the random keys alone leak n e^(g²/2) = ${grouped(longLeak)}. Matches like these would keep ${formatShare(matches / (matches + longLeak))} of the weight, and their projections would come near the floor: that is how dense attention loses edges.`,
  ]);
}
