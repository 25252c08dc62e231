import { beforeAll, describe, expect, it } from "vitest";
import { attender } from "../../../src/attention/attender.ts";
import { unmeasured } from "../../../src/core/profile.ts";
import { loadEngine } from "../../../src/engines/registry.ts";
import type { Ops } from "../../../src/engines/ops.ts";
import { makeQueries } from "../../../src/reader/numerics/queries.ts";
import { resolveReader } from "../../../src/reader/params.ts";
import { askFor, embedRecords } from "../../../src/reader/numerics/records.ts";
import { headSpaces, scopedAll } from "../../../src/reader/numerics/workspace.ts";
import { trialRow } from "../../../src/trial/columns.ts";
import type { TrialRow } from "../../../src/trial/columns.ts";
import { useOf } from "../../../src/trial/settle.ts";
import { meanFieldGaps } from "../../../src/trial/mean-field-gap.ts";
import type { MeanFieldGap } from "../../../src/trial/mean-field-gap.ts";
import { drawProblem, parseTask } from "../../../src/tasks/spec.ts";
import type { GraphWalk } from "../../../src/tasks/circuit.ts";
import { inMeanField, reader, specsWithMeanField } from "./agreement.ts";

// One step from every node of a graph, in one batch: many queries of one cache, so that the masses of matches and the
// recall of each are known far better than walks tell them.

const task = "graphwalks(depth=1)";

/** Lengths, and problems of each: about as many queries of each length. */
const settings = [
  { tokens: 1000, problems: 4 },
  { tokens: 1500, problems: 2 },
  { tokens: 2000, problems: 2 },
];

const specs = specsWithMeanField();

/** Tokens of a context of which much leaks. */
const leaky = 16_000;

/** Steps in the mean field for each of them. */
const drawn = 100;

/** A row for each query of a problem and variant: weight on its matches and share of them read, means over heads. */
function queriesOf(tokens: number, index: number, ops: Ops, asked: readonly string[] = specs): TrialRow[] {
  const params = resolveReader(reader);
  const problem = drawProblem(parseTask(task), { tokens, seed: 5, index });
  const { records, candidates } = problem.circuit as GraphWalk;
  const spaces = headSpaces(ops, params.kvHeads);
  const seed = `masses/${tokens}/${index}`;
  const workspace = { ops, params, seed, tokens: problem.tokens, spaces, measure: unmeasured };
  const embedded = embedRecords(workspace, {
    records,
    features: problem.features,
    questions: [askFor(candidates[0]!)],
  });
  const wanted = [...candidates].map(askFor);
  const ids = Uint32Array.from([...candidates].flatMap((node) => [node, 0]));
  const positions = new Int32Array(wanted.length).fill(problem.tokens - 1);
  const queries = makeQueries(workspace, {
    name: "all",
    ideal: embedded.ideal(wanted),
    ids,
    positions,
    phase: "decode",
    step: 0,
  });
  return asked.flatMap((variant) =>
    scopedAll(spaces, () => {
      const { heads } = attender(useOf({ variant, reader }), embedded.cache, ops)(queries);
      return [...candidates].map((node, i) => {
        const gold = embedded.anchors[node]!;
        let [mass, read] = [0, 0];
        for (const head of heads) {
          for (const weight of head.weights(i, gold)) mass += weight / heads.length;
          for (const row of gold) read += (head.reads(i, row) ? 1 : 0) / gold.length / heads.length;
        }
        return trialRow({
          task,
          variant,
          tokensNominal: tokens,
          mode: "numerics",
          engine: "wasm",
          ...params,
          goldMass: mass,
          recall: read,
        });
      });
    }),
  );
}

describe("the mean field of one step from every node", () => {
  const numerics: TrialRow[] = [];
  let gaps: readonly MeanFieldGap[] = [];

  beforeAll(async () => {
    const ops = await loadEngine("wasm", { threads: 1 });
    for (const { tokens, problems } of settings)
      for (let index = 0; index < problems; index++) numerics.push(...queriesOf(tokens, index, ops));
    ops.close();
    const drawnRows = specs.flatMap((spec) =>
      settings.flatMap(({ tokens }) => inMeanField(task, tokens, spec, {}, drawn)),
    );
    gaps = meanFieldGaps([...numerics, ...drawnRows]);
  }, 600_000);

  it.each(specs)("%s: masses and recall agree", (spec) => {
    const own = gaps.filter(({ variant }) => variant === spec);
    expect(own).toHaveLength(2 * settings.length);
    expect(own.filter(({ agrees }) => !agrees)).toEqual([]);
  });

  it("a leak that is a third of all weight is known to a few hundredths", async () => {
    const ops = await loadEngine("wasm", { threads: 1 });
    const rows = queriesOf(leaky, 0, ops, ["dense"]);
    ops.close();
    const [gap] = meanFieldGaps([...rows, ...inMeanField(task, leaky, "dense", {}, 400)]);
    expect(gap!.numerics).toBeLessThan(0.7);
    expect(gap!.error).toBeLessThan(0.015);
    expect(Math.abs(gap!.meanField - gap!.numerics)).toBeLessThan(3 * gap!.error);
  });

  it("what claims to be something else is found out", () => {
    const tokens = 2000;
    const claims: TrialRow[] = [
      // logits that are sharper leak less
      ...inMeanField(task, tokens, "dense", { sharpness: 1.4 }, drawn).map((row) => ({
        ...row,
        sharpness: 1.25,
      })),
      ...[
        ["snapkv(budget=1600,window=10)", "snapkv(budget=1200,window=10)"],
        ["moba(block=32,k=24)", "moba(block=32,k=2)"],
        ["quest(page=8,budget=512)", "quest(page=8,budget=24)"],
      ].flatMap(([variant, other]) =>
        inMeanField(task, tokens, other!, {}, drawn).map((row) => ({ ...row, variant: variant! })),
      ),
    ];
    const found = meanFieldGaps([...numerics, ...claims]);
    const names = new Set(claims.map((row) => row.variant));
    expect([...names].filter((name) => found.every((gap) => gap.variant !== name || gap.agrees))).toEqual([]);
  });
});
