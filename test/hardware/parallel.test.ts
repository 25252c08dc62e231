import { describe, expect, it } from "vitest";
import { expertsOf } from "../../src/hardware/model.ts";
import { models } from "../../src/hardware/models/all.ts";
import { formatParallel, parseParallel, plansFor } from "../../src/hardware/parallel.ts";
import { columnsOf, gpusOf, stageGpus } from "../../src/hardware/parallelism.ts";

const v3 = models.get("deepseek-v3");
const llama = models.get("llama-3.1-405b");

describe("parseParallel", () => {
  it("spreads experts over all GPUs of a stage unless told otherwise", () => {
    expect(parseParallel("tp=4,dp=2,pp=2", v3)).toEqual({ tp: 4, dp: 2, cp: 1, kvp: 1, ep: 8, pp: 2 });
    expect(parseParallel("tp=4, ep=2", v3).ep).toBe(2);
    expect(parseParallel("tp=8", llama).ep).toBe(1);
    expect(formatParallel(parseParallel("dp=8,tp=2", v3))).toBe("tp=2,dp=8,ep=16");
  });

  it.each([
    ["tp=3x", 'parallelism: tp must be an integer >= 1; got "3x"'],
    ["tp=2,tp=4", "parallelism: tp is given twice"],
    ["xp=2", 'parallelism has no "xp" (in "xp=2"); known: tp, dp, cp, kvp, ep, pp'],
    ["tp=256", "tp must divide the heads of deepseek-v3: allowed 1, 2, 4, 8, 16, 32, 64, 128; got 256"],
    ["tp=2,kvp=4", "with kvp, tp must be at most 1, the kv heads of deepseek-v3; got 2"],
    ["cp=2,kvp=2", "one of them must be 1"],
    ["tp=4,ep=3", "ep must divide the 4 GPUs of a stage; got 3"],
    ["dp=7", "must divide the 256 experts of a layer of deepseek-v3"],
    ["dp=512", "96, 128, 144, 256, 288; got 512"],
    ["pp=62", "pp must be at most 61, the layers; got 62"],
  ])("refuses %s", (text, message) => {
    expect(() => parseParallel(text, v3)).toThrow(message);
  });

  it("shares kv heads up to their number with kvp, and copies them beyond it without", () => {
    // 128 query heads and 8 kv heads
    expect(parseParallel("tp=8,kvp=2", llama)).toMatchObject({ tp: 8, kvp: 2 });
    expect(() => parseParallel("tp=16,kvp=2", llama)).toThrow(
      "with kvp, tp must be at most 8, the kv heads of llama-3.1-405b; got 16",
    );
    expect(parseParallel("tp=16", llama).tp).toBe(16);
    expect(parseParallel("tp=128", llama).tp).toBe(128);
    // 24 query heads and 4 kv heads: 6 and 3 GPUs have neither whole kv heads nor whole copies
    const [attention] = llama.attention;
    if (attention.kind !== "grouped-query") throw new Error("llama has grouped queries");
    const heads = (value: number): typeof attention.kvHeads => ({ ...attention.kvHeads, value });
    const narrow: typeof llama = {
      ...llama,
      attention: [{ ...attention, queryHeads: heads(24), kvHeads: heads(4) }],
    };
    expect(() => parseParallel("tp=6", narrow)).toThrow("allowed 1, 2, 4, 8, 12, 24; got 6");
    expect(parseParallel("tp=12", narrow).tp).toBe(12);
  });

  it("refuses experts of a model without any", () => {
    expect(() => parseParallel("tp=2,ep=2", llama)).toThrow(
      "llama-3.1-405b has no experts: ep must be 1; got 2",
    );
  });
});

describe("plansFor", () => {
  it.each([
    ["deepseek-v3", 2, "decode", ["tp=1", "dp=2,ep=2", "kvp=2,ep=2", "tp=2,ep=2", "pp=2"]],
    ["llama-3.1-405b", 3, "prefill", ["tp=1", "dp=2", "dp=3", "cp=2", "tp=2", "pp=2"]],
    // stages come last, and several of them have one group or all
    [
      "llama-3.1-405b",
      4,
      "decode",
      [
        ...["tp=1", "dp=2", "dp=4", "kvp=2", "dp=2,kvp=2", "kvp=4"],
        ...["tp=2", "tp=2,dp=2", "tp=2,kvp=2", "tp=4"],
        ...["pp=2", "dp=2,pp=2", "kvp=2,pp=2", "tp=2,pp=2", "pp=4"],
      ],
    ],
  ] as const)("of %s on %i GPUs for %s are those that can be listed by hand", (name, gpus, phase, plans) => {
    expect(plansFor(models.get(name), gpus, phase).map(formatParallel)).toEqual(plans);
  });

  it("lists divisions that can be read back, of no more GPUs than there are, and some of all", () => {
    for (const model of models)
      for (const phase of ["prefill", "decode"] as const) {
        const plans = plansFor(model, 72, phase);
        for (const plan of plans) {
          expect(gpusOf(plan)).toBeLessThanOrEqual(72);
          expect(parseParallel(formatParallel(plan), model)).toEqual(plan);
        }
        // each rank holds an expert or more
        const most = Math.min(72, ...expertsOf(model));
        expect(plans.some((plan) => gpusOf(plan) >= most)).toBe(true);
        expect(plans.some(({ pp, cp, kvp }) => pp > 1 && cp * kvp > 1)).toBe(true);
        // where several divisions are equally good, one without stages is taken
        expect(plans.map(({ pp }) => pp)).toEqual(plans.map(({ pp }) => pp).toSorted((a, b) => a - b));
        expect(plans.every(({ cp, kvp }) => (phase === "prefill" ? kvp : cp) === 1)).toBe(true);
      }
  });
});

it("counts the GPUs of a stage, of all stages, and those that have the same tokens", () => {
  const parallel = { tp: 2, dp: 3, cp: 5, kvp: 7, ep: 11, pp: 13 };
  expect(stageGpus(parallel)).toBe(210);
  expect(gpusOf(parallel)).toBe(2730);
  expect(columnsOf(parallel)).toBe(14);
});
