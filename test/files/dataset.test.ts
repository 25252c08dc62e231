import { parquetWriteBuffer } from "hyparquet-writer";
import { describe, expect, it } from "vitest";
import { UsageError } from "../../src/core/errors.ts";
import { readJsonl, readParquet, withPrompt } from "../../src/files/dataset.ts";
import { drawProblem, parseTask } from "../../src/tasks/spec.ts";
import type { Problem } from "../../src/tasks/task.ts";

const draw = (spec: string, count: number): Problem[] =>
  Array.from({ length: count }, (_, i) => drawProblem(parseTask(spec), { tokens: 8192, seed: 1, index: i }));

/** A parquet file as the public datasets have them: strings, lists of strings, 64-bit integers. */
function parquet(problems: readonly Problem[], codec: "SNAPPY" | "UNCOMPRESSED" = "SNAPPY"): ArrayBuffer {
  const rows = problems.map((problem) => problem.row());
  return parquetWriteBuffer({
    codec,
    rowGroupSize: 2,
    columnData: Object.keys(rows[0]!).map((name) => ({
      name,
      data: rows.map((row) => (typeof row[name] === "number" ? BigInt(row[name]) : row[name])),
    })),
  });
}

describe.each(["graphwalks(operation=parents)", "graphwalks(depth=2)", "mrcr(needles=2)"])(
  "files of %s",
  (spec) => {
    const problems = draw(spec, 5);
    const { task, params } = parseTask(spec);

    it.each(["SNAPPY", "UNCOMPRESSED"] as const)("load from parquet, %s", async (codec) => {
      const rows = await readParquet("rows.parquet", parquet(problems, codec));
      expect(rows).toEqual(problems.map((problem) => problem.row()));
      rows.forEach((row, i) => {
        const loaded = task.load(row, params);
        expect(loaded.messages).toEqual(problems[i]!.messages);
        expect(loaded.tokens).toBe(problems[i]!.tokens);
        expect(loaded.score(problems[i]!.answer)).toEqual({ score: 1, exact: true });
      });
    });

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

    it("load in part", async () => {
      expect(await readParquet("rows.parquet", parquet(problems), 3)).toEqual(
        problems.slice(0, 3).map((problem) => problem.row()),
      );
    });
  },
);

describe("bad files", () => {
  const bytes = parquet(draw("graphwalks", 3));
  const torn = bytes.slice(0);
  new Uint8Array(torn).fill(7, 200, 2000);

  it.each([
    ["cut at its end", bytes.slice(0, -100)],
    ["cut to nothing", new ArrayBuffer(0)],
    ["overwritten in the middle", torn],
    ["text", new TextEncoder().encode("prompt,answer\nhello,world\n".repeat(50)).buffer],
  ])("a parquet file %s is refused by name", async (_, file) => {
    const reading = readParquet("graphs.parquet", file);
    await expect(reading).rejects.toThrow(UsageError);
    await expect(reading).rejects.toThrow("graphs.parquet is torn or no parquet file");
  });

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
