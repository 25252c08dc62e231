import { describe, expect, it } from "vitest";
import { variants } from "../../src/attention/registry.ts";
import { parseSpec } from "../../src/attention/spec.ts";
import { parseBudget } from "../../src/deployment/budget.ts";
import { leastLack, usersThatFit } from "../../src/deployment/choice.ts";
import { decodeOn, stepOf } from "../../src/deployment/decode.ts";
import type { StepQuestion } from "../../src/deployment/decode.ts";
import { divisionsOf } from "../../src/deployment/division.ts";
import { fitBudget, shortOf } from "../../src/deployment/fit-budget.ts";
import { memoryOn } from "../../src/deployment/memory.ts";
import { attentionLayer } from "../../src/hardware/layers/attention.ts";

const million = 2 ** 20;

const budgetOf = (users: number, more = ""): ReturnType<typeof parseBudget> =>
  parseBudget(`system=gb200-nvl72,model=deepseek-v3,users=${users}${more}`);

/** The resource that is short at a setting of the parameter. */
function shortAt(
  budget: ReturnType<typeof parseBudget>,
  fitted: string,
  param: string,
  value: number,
): string {
  const { kvDtype } = parseSpec(fitted);
  const set = parseSpec(fitted.replace(new RegExp(`(?<=[(,])${param}=\\d+`), `${param}=${value}`));
  return shortOf(budget, { spec: set, kvDtype: kvDtype!, tokens: million, reads: 1 });
}

describe("parseBudget", () => {
  it("reads system, model, users and the time of a step", () => {
    const budget = parseBudget("system=gb300-nvl72, model=llama-3.1-405b, users=100, step-ms=20");
    expect(budget.system.name).toBe("gb300-nvl72");
    expect(budget.model.name).toBe("llama-3.1-405b");
    expect(budget).toMatchObject({ users: 100, stepSeconds: 0.02, weights: "nvfp4" });
    expect(budgetOf(1)).not.toHaveProperty("stepSeconds");
  });

  it("puts the user's numbers in place of the system's", () => {
    const { gpu } = budgetOf(1, ",hbm-gb=288,hbm-gbps=22000,nvlink-gbps=1800").system;
    expect([gpu.hbm.value, gpu.hbmBandwidth.value, gpu.nvlink?.value]).toEqual([288e9, 22e12, 1.8e12]);
  });

  it("prices steps with the kernels of another engine", () => {
    const seconds = (more: string): number =>
      stepOf({ ...budgetOf(64, more), spec: parseSpec("mla"), kvDtype: "fp8", tokens: million }).seconds;
    expect(budgetOf(64, ",framework=sglang").framework).toBe("sglang");
    expect(seconds(",framework=sglang")).not.toBe(seconds(""));
    expect(seconds(",framework=trtllm")).toBe(seconds(""));
    const shortWith = (more: string): string =>
      shortOf(budgetOf(64, `${more},step-ms=1`), {
        spec: parseSpec("mla"),
        kvDtype: "fp8",
        tokens: million,
        reads: 1,
      });
    expect(shortWith(",framework=sglang")).not.toBe(shortWith(""));
  });

  it.each([
    ["system=gb200-nvl72,model=deepseek-v3,users=1,framework=tgi", 'unknown framework "tgi"; known: trtllm'],
    ["system=gb200,model=deepseek-v3,users=1", 'unknown system "gb200"; known: h100, h200, b200'],
    ["system=gb200-nvl72,model=v3,users=1", 'unknown model "v3"; known: llama-3.1-405b, llama-3.1-70b'],
    ["system=gb200-nvl72,model=deepseek-v3,user=1", 'budget has no "user"'],
    ["system=gb200-nvl72,model=deepseek-v3", "budget needs users"],
    ["model=deepseek-v3,users=1", "budget needs system"],
    ["system=gb200-nvl72,model=deepseek-v3,users=1.5", 'users must be an integer > 0; got "1.5"'],
    ["system=gb200-nvl72,model=deepseek-v3,users=1,step-ms=-2", 'step-ms must be a number > 0; got "-2"'],
    ["system=gb200-nvl72,model=deepseek-v3,users=1,hbm-gb=", 'hbm-gb must be a number > 0; got ""'],
    ["system=gb200-nvl72,model=deepseek-v3,users=1,users=2", "users is given twice"],
    ["system=gb200-nvl72,model=deepseek-v3,users", "users has no value"],
    ["system=gb200-nvl72,model=deepseek-v3,users=1,weights=int3", /weights must be bf16, fp8, .*got "int3"/],
    ["system=gb200-nvl72,model=deepseek-v3,users=1,hbm-gb=9", "leaves no HBM for caches"],
  ])("refuses %s", (text, message) => {
    expect(() => parseBudget(text)).toThrow(message);
  });
});

describe("dense attention", () => {
  it("is decided by its dtype, the widest that fits", () => {
    const dtype = (users: number): unknown => fitBudget(budgetOf(users), "dense", million).budget.value;
    expect([100, 250, 450].map(dtype)).toEqual(["bf16", "fp8", "nvfp4"]);
    expect(fitBudget(budgetOf(250), "dense", million)).toEqual({
      fitted: "dense+fp8",
      budget: {
        text: budgetOf(250).text,
        system: "gb200-nvl72",
        model: "deepseek-v3",
        users: 250,
        param: "kvDtype",
        value: "fp8",
        fits: true,
        short: "",
      },
    });
  });

  it("that fits at no dtype says what is short, and by how much", () => {
    const budget = budgetOf(1000);
    const { fitted, budget: decided } = fitBudget(budget, "dense", million);
    const user = 61 * 576 * 0.5625 * million;
    const { system, model, weights } = budget;
    const on = { system, model, weights, spec: parseSpec(fitted), kvDtype: "nvfp4" } as const;
    const { hbm } = leastLack(divisionsOf(on, "decode"), 1000, million);
    expect(fitted).toBe("dense+nvfp4");
    expect(decided.fits).toBe(false);
    expect(decided.short).toBe(
      `HBM ${(hbm / 1e12).toPrecision(3)} TB short: ${(user / 1e9).toPrecision(3)} GB a user, ${usersThatFit(on, million)} users fit`,
    );
  });

  it("keeps the dtype that its spec names, and the other modifiers", () => {
    expect(fitBudget(budgetOf(500), "dense+fp8", million).budget).toMatchObject({
      value: "fp8",
      fits: false,
    });
    expect(fitBudget(budgetOf(500), "dense+ssmax", million).fitted).toBe("dense+nvfp4+ssmax");
  });

  it("fits at a short length whatever the users hold, unless the budget says what they hold", () => {
    expect(fitBudget(budgetOf(1000), "dense", 65_536).budget.fits).toBe(true);
    expect(fitBudget(budgetOf(1000, ",context=1048576,beyond=true"), "dense", 65_536).budget.fits).toBe(
      false,
    );
  });

  it("is too slow where the step time says so, and a faster memory or link helps", () => {
    const fits = (more: string): boolean =>
      fitBudget(parseBudget(`system=gb200-nvl72,model=llama-3.1-405b,users=32,${more}`), "dense+fp8", million)
        .budget.fits;
    const { system, model, weights } = parseBudget("system=gb200-nvl72,model=llama-3.1-405b,users=32");
    const question = { system, model, weights, spec: parseSpec("dense"), users: 32, tokens: million };
    const ms = 1000 * stepOf({ ...question, kvDtype: "fp8" }).seconds;
    expect(fits(`step-ms=${0.99 * ms}`)).toBe(false);
    expect(fits(`step-ms=${1.01 * ms}`)).toBe(true);
    expect(fits(`step-ms=${0.99 * ms},hbm-gbps=10000`)).toBe(true);
    expect(fits(`step-ms=${1.01 * ms},nvlink-gbps=100`)).toBe(false);
  });

  it("is allowed a step on any division that holds the users, and on no other", () => {
    for (const [users, spec] of [
      [32, "dense"],
      [256, "quest"],
      [512, "dsa"],
    ] as const) {
      const { system, model, weights } = budgetOf(users);
      const question: StepQuestion = {
        system,
        model,
        weights,
        users,
        tokens: 131_072,
        reads: 4,
        spec: parseSpec(spec),
        kvDtype: "fp8",
      };
      const divisions = divisionsOf(question, "decode").filter(
        (division) => memoryOn(division, question.tokens).users >= users,
      );
      const ms = 1000 * Math.min(...divisions.map((division) => decodeOn(division, question).seconds));
      const fits = (stepMs: number): boolean =>
        fitBudget(budgetOf(users, `,step-ms=${stepMs}`), `${spec}+fp8`, question.tokens, 4).budget.fits;
      expect(fits(1.0001 * ms), spec).toBe(true);
      if (spec === "dense") expect(fits(0.9999 * ms), spec).toBe(false);
    }
  });
});

describe.each([...variants].filter(({ budgetParam }) => budgetParam !== undefined))(
  "$name under a budget",
  ({ name, budgetParam }) => {
    const param = budgetParam!;

    it("takes the largest parameter that fits: one more violates the budget", () => {
      for (const users of [150, 300, 450]) {
        const budget = budgetOf(users, ",step-ms=30");
        const { fitted, budget: decided } = fitBudget(budget, name, million);
        expect(decided.param).toBe(param);
        const value = Number(decided.value);
        expect(parseSpec(fitted).params[param]).toBe(value);
        expect(decided.short === "").toBe(decided.fits);
        expect(shortAt(budget, fitted, param, value)).toBe(decided.short);
        const { variant, params, kvDtype } = parseSpec(fitted);
        const read = (set: object): number =>
          variant.cost(attentionLayer(budget.model.attention[0]).shape(million, kvDtype!), {
            ...params,
            ...set,
          }).flops;
        // everything is read already, or one more is too much
        if (decided.fits && read({}) < read({ [param]: million }))
          expect(shortAt(budget, fitted, param, value + 1), `${fitted}, ${users} users`).not.toBe("");
      }
    });

    // a segment's remainder is read, and that rises and falls as segments grow
    it.skipIf(name === "infini")("gains with memory and bandwidth and loses with users", () => {
      const value = (users: number, more: string): number => {
        const { fits, value } = fitBudget(
          budgetOf(users, `,step-ms=30${more}`),
          `${name}+nvfp4`,
          million,
        ).budget;
        return fits ? Number(value) : 0;
      };
      const byUsers = [100, 200, 400, 500, 800, 1600].map((users) => value(users, ""));
      expect(byUsers).toEqual([...byUsers].sort((a, b) => b - a));
      expect(value(500, ",hbm-gb=288,hbm-gbps=16000")).toBeGreaterThanOrEqual(value(500, ""));
      expect(value(500, ",hbm-gb=100")).toBeLessThanOrEqual(value(500, ""));
    });
  },
);

describe("a budget parameter", () => {
  it("goes no further than everything there is to read", () => {
    const value = (spec: string, tokens: number): unknown =>
      fitBudget(budgetOf(1), spec, tokens).budget.value;
    expect(value("oracle", 65_536)).toBe(65_536);
    expect(value("moba(block=4096)", 65_536)).toBe(16);
    expect(value("sink-window(sinks=4)", 65_536)).toBe(65_532);
  });

  it("goes no further than the spec itself says", () => {
    expect(fitBudget(budgetOf(1), "oracle(k=64)", million)).toMatchObject({
      fitted: "oracle(k=64)+bf16",
      budget: { value: 64, fits: true },
    });
    const free = Number(fitBudget(budgetOf(2000), "snapkv", million).budget.value);
    expect(fitBudget(budgetOf(2000), "snapkv(budget=1000000)", million).budget.value).toBe(free);
  });
});

describe("a variant that keeps everything and reads little", () => {
  it("falls to a narrower dtype when memory is short, then reads what the step time allows", () => {
    const fitted = (users: number, stepMs: number): ReturnType<typeof fitBudget> =>
      fitBudget(budgetOf(users, `,step-ms=${stepMs}`), "oracle", million);
    expect(parseSpec(fitted(120, 80).fitted).kvDtype).toBe("bf16");
    expect(parseSpec(fitted(250, 80).fitted).kvDtype).toBe("fp8");
    expect(parseSpec(fitted(450, 80).fitted).kvDtype).toBe("nvfp4");
    expect(Number(fitted(450, 80).budget.value)).toBeGreaterThan(Number(fitted(450, 65).budget.value));
    expect(fitted(1000, 80).budget).toMatchObject({ fits: false, value: 1 });
  });
});
