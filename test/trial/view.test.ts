import { afterAll, describe, expect, it } from "vitest";
import { variants } from "../../src/attention/registry.ts";
import { formatCall } from "../../src/core/spec.ts";
import { loadEngine } from "../../src/engines/registry.ts";
import { attentionFigure } from "../../src/figures/attention-view.ts";
import { makeTrial } from "../../src/trial/make-trial.ts";
import type { NumericTrial } from "../../src/trial/trial.ts";
import { runTrial } from "../../src/trial/run-trial.ts";
import { rankScores } from "../../src/trial/view/ranks.ts";
import { reasonText } from "../../src/trial/view/sentence.ts";
import { viewRows } from "../../src/trial/view/view-rows.ts";
import { viewTrial } from "../../src/trial/view/view-trial.ts";
import type { QueryView, TrialView } from "../../src/trial/view/view.ts";

const ops = await loadEngine("wasm", { threads: 1 });
afterAll(() => ops.close());

const small = { headDim: 32, kvHeads: 2 };

const trialOf = (task: string, variant: string, tokens: number, reader: object = small): NumericTrial =>
  makeTrial({ task, variant, tokens, reader: { ...reader } });

const view = (task: string, variant: string, tokens: number, reader?: object, queries = 1000): TrialView =>
  viewTrial(trialOf(task, variant, tokens, reader), { ops, queries });

const meanOf = (queries: readonly QueryView[], of: (query: QueryView) => number | null): number => {
  const known = queries.map(of).filter((value) => value !== null);
  return known.reduce((sum, value) => sum + value, 0) / known.length;
};

/** Every query of a view is consistent with itself and, all together, with the row that a run gives. */
async function expectSound(trial: NumericTrial): Promise<TrialView> {
  const seen = viewTrial(trial, { ops, queries: 1000 });
  const { task, variant, tokens, reader } = trial;
  expect(seen.row).toEqual(await runTrial({ task, variant, tokens, reader, engine: ops }));
  expect(seen.texts.length).toBe(seen.row.tokens);
  expect(seen.queries.length).toBe(seen.looked);
  const { recall, goldMass } = seen.row;
  if (recall !== null) {
    expect(meanOf(seen.queries, (query) => query.recall)).toBeCloseTo(recall, 9);
    expect(meanOf(seen.queries, (query) => query.goldMass)).toBeCloseTo(goldMass!, 9);
    expect(meanOf(seen.queries, (query) => query.tokensRead)).toBeCloseTo(seen.row.tokensRead!, 6);
  }
  for (const { gold, position, read, weights, reason } of seen.queries) {
    expect([read.length, weights.length]).toEqual([position + 1, position + 1]);
    expect(gold.every((each) => each.from <= each.position && each.position <= position)).toBe(true);
    const sentence = reasonText(reason);
    expect(sentence).toMatch(/^[a-z].*[^.]$/);
    expect(sentence).not.toMatch(/NaN|undefined|Infinity/);
  }
  expect(() => JSON.stringify(attentionFigure(seen))).not.toThrow();
  return seen;
}

const smallSpec = (name: string): string => formatCall(name, variants.get(name).small);

describe.each(variants.names())("%s", (name) => {
  it("is shown with the recall and gold mass of its row", async () => {
    const seen = await expectSound(trialOf("ruler(task=niah_multikey_1)", smallSpec(name), 1000));
    expect(seen.queries.some(({ answers }) => answers.length === 3)).toBe(true);
    expect([...viewRows(seen)].filter(({ gold }) => gold).length).toBeGreaterThan(0);
  });

  it("is shown so where keys follow the text", async () => {
    const reader = { ...small, geometry: "text" };
    await expectSound(trialOf("ruler(task=niah_single_1)", smallSpec(name), 700, reader));
  });
});

describe.each([
  ["graphwalks", 4000],
  ["mrcr(needles=2)", 6000],
  ["prefill(queries=200)", 1500],
  ["ruler(task=vt)", 1500],
  ["ruler(task=cwe)", 3000],
  ["mqar", 1000],
] as const)("%s", (task, tokens) => {
  it.each(["dense", "quest(page=8,budget=64)", "snapkv(budget=200,window=10)", "gemma-3"])(
    "is shown as %s reads it",
    async (variant) => {
      await expectSound(trialOf(task, variant, tokens));
    },
  );
});

it("follows the text where keys do, and several reads of several query heads", async () => {
  const reader = { ...small, geometry: "text" };
  for (const variant of ["quest(page=8,budget=64)", "kda"])
    await expectSound(trialOf("ruler(task=niah_single_2)", variant, 1000, reader));
  const grouped = trialOf("graphwalks", "dsa(k=100,indexDim=16)", 3000, { ...small, groupSize: 2 });
  expect((await expectSound(grouped)).queries[0]!.gold[0]!.heads.length).toBe(4);
});

describe("the reason", () => {
  const task = "ruler(task=niah_single_2)";
  const first = (variant: string, reader?: object): QueryView =>
    view(task, variant, 1500, reader).queries[0]!;

  it("is found where everything is read", () => {
    const { reason, gold } = first("dense", { kvHeads: 2 });
    expect(reason.kind).toBe("found");
    expect(gold[0]!.heads.every(({ read, exactRank }) => read && exactRank === 1)).toBe(true);
  });

  it("is the window of an old needle", () => {
    const { reason, gold, position } = first("sink-window(sinks=4,window=64)");
    const distance = position - gold[0]!.position;
    expect(reason).toMatchObject({
      kind: "missed",
      recall: 0,
      distance,
      miss: { cause: "outside" },
      ends: { first: 4, last: 64 },
    });
    expect(reasonText(reason)).toBe(
      `not selected: it stands ${distance.toLocaleString("en")} tokens back, outside the first 4 and the last 64 tokens`,
    );
  });

  it("is the rank of a block whose mean drowns the needle", () => {
    const { reason, gold } = first("moba(block=64,k=2)", { ...small, sharpness: 0.6, coherence: 0 });
    const { heads, position } = gold[0]!;
    const missing = heads.filter(({ read }) => !read);
    expect(missing.length).toBeGreaterThan(0);
    for (const { choice } of missing) {
      expect(choice).toMatchObject({ kind: "read", unit: 64, taken: 1 });
      expect(choice!.rank).toBeGreaterThan(1);
      // every whole block before the query's own
      expect(choice!.of).toBe(Math.floor(first("dense").position / 64));
    }
    expect(Math.floor(position / 64)).toBeLessThan(missing[0]!.choice!.of);
    if (missing.length === heads.length)
      expect(reasonText(reason)).toMatch(
        /^not selected: the score of its block of 64 ranked \d+\w\w( to \d+\w\w)? of \d+, where 1 is read$/,
      );
  });

  it("is eviction, with the rank among what was kept", () => {
    const { reason } = first("knorm(budget=64)");
    expect(reason).toMatchObject({ kind: "missed", miss: { cause: "evicted" } });
    expect(reasonText(reason)).toMatch(/^evicted at prefill.*ranked .* of 1,\d+, where \d+ are kept$/);
  });

  it("is drowning where the needle is read and others weigh more", () => {
    const { reason, gold } = first("dense", { ...small, sharpness: 0.3 });
    expect(gold[0]!.heads.every(({ read }) => read)).toBe(true);
    expect(reason.kind).toBe("drowned");
    if (reason.kind !== "drowned") return;
    const { own, alike, rest } = reason.others;
    expect(reason.goldMass + own.weight + alike.weight + rest.weight).toBeCloseTo(1, 5);
    expect(reasonText(reason)).toMatch(/^selected and drowned: gold mass .* against .* tokens of other text/);
  });

  it("says where a head ranked a needle that others found", () => {
    const { reason, gold } = view("ruler(task=niah_multikey_3)", "quest(budget=256)", 8192, {}).queries[0]!;
    const missing = gold[0]!.heads.filter(({ read }) => !read);
    expect(missing.length).toBe(1);
    const { rank, of } = missing[0]!.choice!;
    expect(reason.kind).toBe("found");
    expect(reasonText(reason)).toMatch(
      new RegExp(
        `^found: gold mass .\\d+; not selected in 1 of 4 pairs of head and gold token: the score of its block of 16 ranked ${rank}\\w\\w of ${of}, where 15 are read$`,
      ),
    );
  });

  it("counts what is read within a summary as seen", () => {
    const { reason } = first("hca(pool=4,window=16)", { kvHeads: 2 });
    expect(reasonText(reason)).toMatch(
      /^(found: gold mass .\d+; )?read within a summary alone in 2 of 2 pairs of head and gold token/,
    );
  });

  it("is what a state has forgotten, or holds beneath the rest", () => {
    expect(reasonText(first("kda(shortest=5,longest=20)").reason)).toMatch(
      /^the state forgot it within 1?,?\d+ tokens/,
    );
    expect(first("log-linear").reason.kind).toBe("state");
    expect(first("linear").reason).toMatchObject({ kind: "state", outcome: "drowned" });
  });

  it("is a plan that has no layer left", () => {
    const { queries } = view("graphwalks", "layers(dense)", 3000);
    expect(queries.filter(({ step }) => step > 0).every(({ reason }) => reason.kind === "no-layer")).toBe(
      true,
    );
  });

  it("tells alike records of a conversation from other text", () => {
    const { queries } = view("mrcr(needles=2)", "dense", 6000);
    // the last query asks for one of two responses that share format and topic
    const { reason } = queries.at(-1)!;
    expect(reason.kind).toBe("drowned");
    if (reason.kind === "drowned") expect(reason.others.alike.tokens).toBeGreaterThan(20);
    expect(reasonText(reason)).toMatch(/tokens of alike records/);
    expect(queries.filter(({ phase }) => phase === "prefill").length).toBe(2);
    expect(queries.at(-1)!.name).toMatch(/^response \d of format:/);
  });
});

it("shows the first queries, and one query head if asked", () => {
  const trial = trialOf("graphwalks", "quest(page=8,budget=64)", 4000, { kvHeads: 2 });
  const few = viewTrial(trial, { ops, queries: 2 });
  expect(few.queries.length).toBe(2);
  expect(few.looked).toBe(few.row.queries);
  const second = viewTrial(trial, { ops, queries: 2, head: 1 });
  expect(second.queries[0]!.gold[0]!.heads.map(({ head }) => head)).toEqual([1]);
  expect(new Set(second.queries[0]!.read)).toEqual(new Set([0, 1]));
  expect(() => viewTrial(trial, { ops, head: 2 })).toThrow("head must be an integer in [0, 1]; got 2");
});

it("ranks scores, equal ones by their place", () => {
  expect([...rankScores(Float64Array.of(1, Infinity, NaN, 3, 1, Infinity))]).toEqual([4, 1, NaN, 3, 5, 2]);
});
