import { expect, it } from "vitest";
import { checkConfig, modeOf, questionOf } from "../../src/runs/config.ts";

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

it.each([
  [["dense"], "How does dense do on graphwalks?"],
  [["dense", "dsa(k=2048)+fp8"], "How do dense and dsa(k=2048)+fp8 do on graphwalks?"],
])("a figure's title asks of %j in good English", (variant, question) => {
  expect(questionOf({ task: "graphwalks", variant })).toBe(question);
});
