import { describe, expect, it } from "vitest";
import { UsageError } from "../../src/core/errors.ts";
import { readJsonl, withPrompt } from "../../src/files/dataset.ts";
import { drawProblem, parseTask } from "../../src/tasks/spec.ts";
import type { Problem } from "../../src/tasks/task.ts";

const draw = (spec: string, count: number): Problem[] =>
  Array.from({ length: count }, (_, i) => drawProblem(parseTask(spec), { tokens: 8192, seed: 1, index: i }));

describe.each(["graphwalks(operation=parents)", "graphwalks(depth=2)", "mrcr(needles=2)"])(
  "files of %s",
  (spec) => {
    const problems = draw(spec, 5);
    const { task, params } = parseTask(spec);

    it("load from the messages alone, as they are exported for models", () => {
      for (const problem of problems) {
        const loaded = task.load(withPrompt({ id: "x", messages: problem.messages }), params);
        expect(loaded.score(problem.answer)).toEqual({ score: 1, exact: true });
      }
    });

    it("load from JSONL", () => {
      const text = problems.map((problem) => JSON.stringify(problem.row())).join("\n");
      expect(readJsonl("rows.jsonl", `${text}\n\n`)).toEqual(problems.map((problem) => problem.row()));
      expect(readJsonl("rows.jsonl", text, 2)).toHaveLength(2);
    });
  },
);

describe("bad files", () => {
  it.each([
    ['{"a": 1}\n{"a": ', "rows.jsonl: line 2 is no JSON", "seems to be cut short there"],
    ['{"a": 1}\nhello\n{"a": 2}\n', "rows.jsonl: line 2 is no JSON", "hello"],
    ["[1]\n", "rows.jsonl: line 1 must be a JSON object", "object"],
  ])("JSONL %j is refused by line", (text, message, more) => {
    expect(() => readJsonl("rows.jsonl", text)).toThrow(UsageError);
    expect(() => readJsonl("rows.jsonl", text)).toThrow(message);
    expect(() => readJsonl("rows.jsonl", text)).toThrow(more);
  });
});
