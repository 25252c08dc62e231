import { expect, it } from "vitest";
import { checkConfig, modeOf } from "../../src/runs/config.ts";

it.each([
  ["numerics", "numerics"],
  ["mean-field", "mean-field"],
  ["theory", "mean-field"],
  ["exact", undefined],
])("the mode %s is %s", (name, mode) => {
  expect(modeOf(name)).toBe(mode);
});

it("a configuration file takes the former name too, and refuses other words", () => {
  expect(checkConfig("run.yaml", { mode: "theory" }).mode).toBe("mean-field");
  expect(() => checkConfig("run.yaml", { mode: "exact" })).toThrow("run.yaml: mode: ");
});
