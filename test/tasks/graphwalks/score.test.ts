import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { scorings } from "../../../src/tasks/graphwalks/score.ts";
import { readAnswer, scoreAnswer } from "../../../src/tasks/graphwalks/score.ts";

const score = (response: string, truth: string[], scoring: (typeof scorings)[number] = "f1"): number =>
  scoreAnswer(response, truth, scoring).score;

describe("readAnswer", () => {
  it("reads the last line, and it alone", () => {
    expect(readAnswer("Final Answer: [a, b]")).toEqual(["a", "b"]);
    expect(readAnswer("so\nFinal Answer:[ a ,, b , ]\n")).toEqual(["a", "b"]);
    expect(readAnswer("Final Answer: []")).toEqual([]);
    expect(readAnswer("Final Answer: [a]\nas asked")).toBeUndefined();
    expect(readAnswer("[a, b]")).toBeUndefined();
  });
});

describe("f1", () => {
  it("is worked by hand", () => {
    expect(score("Final Answer: [a, b]", ["b", "a"])).toBe(1);
    expect(score("Final Answer: [a, b, c]", ["a", "d"])).toBeCloseTo(0.4, 12);
    expect(score("Final Answer: [a, a]", ["a"])).toBe(1);
    expect(score("Final Answer: [x]", ["a"])).toBe(0);
    expect(score("Final Answer: []", [])).toBe(1);
    expect(score("Final Answer: [x]", [])).toBe(0);
    expect(score("I cannot say", [])).toBe(0);
  });

  it("is 1 exactly where the sets are equal", () => {
    const set = fc.uniqueArray(fc.constantFrom("a", "b", "c", "d"));
    fc.assert(
      fc.property(set, set, (given, truth) => {
        const result = scoreAnswer(`Final Answer: [${given.join(", ")}]`, truth, "f1");
        expect(result.exact).toBe(result.score === 1);
        expect(result.exact).toBe([...given].sort().join() === [...truth].sort().join());
      }),
    );
  });
});

// Scores that the card's own Python gives for answers it can read; one that it cannot read scores 0 here.
describe("card-literal", () => {
  it.each([
    ["Final Answer: [a, b, c]", ["a", "b", "c"], 2 / 3],
    ["Final Answer: [a]", ["a"], 1],
    ["Final Answer: [b, a]", ["a"], 2 / 3],
    ["Final Answer: [x, y]", ["a"], 1],
    ["Final Answer: []", [], 1],
    ["Final Answer: []\n", [], 0],
    ["nothing", ["a"], 0],
  ])("of %j against %j is %f", (response, truth, expected) => {
    expect(score(response, truth, "card-literal")).toBeCloseTo(expected, 12);
  });
});

describe("card-2026", () => {
  it.each([
    ["**Final Answer:** [a1, b2]", ["a1", "b2"], 1],
    ["Final Answer: [a1, b2]", ["a1"], 2 / 3],
    ["Final Answer: []", [], 1],
    ["Final Answer: [x]", ["a"], 0],
    ["**Final Answer:** [a]\nas asked", ["a"], 0],
    ["the nodes are [a]", ["a"], 0],
  ])("of %j against %j is %f", (response, truth, expected) => {
    const found = scoreAnswer(response, truth, "card-2026");
    expect(found.score).toBeCloseTo(expected, 12);
    expect(found.exact).toBe(expected === 1);
  });

  it("reads what f1 does not", () => {
    expect(score("**Final Answer:** [a1, b2]", ["a1", "b2"])).toBe(0);
  });
});

// tasks/graphwalks/utils.py, extract_answer_list_flexible: lines from the last to the first
describe("lm-eval-flexible", () => {
  it.each([
    ["Final Answer: [a, b]\n\nLet me know if you need the steps.", ["a", "b"], 1],
    ["Final Answer: [x]\nno:\nFinal Answer: [a]\ndone\n", ["a"], 1],
    ["Final Answer: [a]\nFinal Answer: []", ["a"], 0],
    ["**Final Answer:** [a]", ["a"], 0],
    ["Final Answer: []", [], 0],
  ])("of %j against %j is %f", (response, truth, expected) => {
    expect(score(response, truth, "lm-eval-flexible")).toBeCloseTo(expected, 12);
    expect(score(response, truth, "lm-eval")).toBeCloseTo(response.includes("\n") ? 0 : expected, 12);
  });
});

describe("lm-eval", () => {
  it.each([
    ["Final Answer: []", [], 0],
    ["Final Answer: ['a', \"b\"]\n\n", ["a", "b"], 1],
    ["Final Answer: [a, b]", ["a"], 2 / 3],
    ["Final Answer: [x]", ["a"], 0],
    ["nothing", [], 0],
  ])("of %j against %j is %f", (response, truth, expected) => {
    expect(score(response, truth, "lm-eval")).toBeCloseTo(expected, 12);
  });
});
