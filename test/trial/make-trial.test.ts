import { expect, it } from "vitest";
import { makeTrial } from "../../src/trial/make-trial.ts";
import type { TrialOptions } from "../../src/trial/make-trial.ts";

const options: TrialOptions = { task: "graphwalks", variant: "dense", tokens: 4096 };

it("fills in defaults, and keeps of the reader only what differs from them", () => {
  expect(makeTrial({ ...options, reader: { headDim: "128", sharpness: "1.5" } })).toEqual({
    task: "graphwalks",
    tokens: 4096,
    seed: 0,
    trial: 0,
    variant: "dense",
    reader: { sharpness: 1.5 },
    mode: "numerics",
    engine: "wasm",
  });
  const drawn = makeTrial({ ...options, mode: "mean-field" });
  expect(drawn).toMatchObject({ mode: "mean-field", reader: {} });
  expect(drawn).not.toHaveProperty("engine");
});

it("fits a variant to its budget", () => {
  const { fitted, budget } = makeTrial({
    ...options,
    variant: "oracle",
    tokens: "1M",
    budget: "system=gb200-nvl72,model=deepseek-v3,users=100",
  });
  expect(budget).toMatchObject({ fits: true, short: "" });
  expect(fitted).toMatch(/^oracle\(/);
});

it("refuses what it cannot read, before any work", () => {
  for (const [wrong, message] of [
    [{ task: "chess" }, /unknown task "chess"; known: graphwalks/],
    [{ variant: "dnse" }, /unknown attention variant "dnse"; known: .*dense/],
    [{ variant: "dense(" }, /malformed spec/],
    [{ reader: { sharpnes: 1 } }, /reader has no parameter "sharpnes"/],
    [{ reader: { fidelity: 2 } }, /reader: fidelity must be a number in \[0, 1\]; got 2/],
    [{ trial: 0.5 }, /trial must be an integer >= 0; got 0.5/],
    [{ seed: -1 }, /seed must be/],
    [{ engine: "abacus" }, /unknown engine "abacus"; known: wasm/],
    [{ budget: "system=abacus,model=deepseek-v3,users=1" }, /unknown system "abacus"/],
  ] as const)
    expect(() => makeTrial({ ...options, ...wrong })).toThrow(message);
});
