import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { parquetWriteBuffer } from "hyparquet-writer";
import { describe, expect, it } from "vitest";
import { UsageError } from "../../src/core/errors.ts";
import { readParquet } from "../../src/files/parquet.ts";
import { drawProblem, parseTask } from "../../src/tasks/spec.ts";
import type { Problem } from "../../src/tasks/task.ts";
import { emptyFolder } from "../runs/folder.ts";

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

/** Path of a file of these bytes. */
function fileOf(bytes: ArrayBuffer): string {
  const path = join(emptyFolder(), "rows.parquet");
  writeFileSync(path, new Uint8Array(bytes));
  return path;
}

describe.each(["graphwalks(operation=parents)", "mrcr(needles=2)"])("parquet of %s", (spec) => {
  const problems = draw(spec, 5);
  const { task, params } = parseTask(spec);

  it.each(["SNAPPY", "UNCOMPRESSED"] as const)("loads, %s", async (codec) => {
    const rows = await readParquet(fileOf(parquet(problems, codec)));
    expect(rows).toEqual(problems.map((problem) => problem.row()));
    rows.forEach((row, i) => {
      const loaded = task.load(row, params);
      expect(loaded.messages).toEqual(problems[i]!.messages);
      expect(loaded.tokens).toBe(problems[i]!.tokens);
      expect(loaded.score(problems[i]!.answer)).toEqual({ score: 1, exact: true });
    });
  });

  it("loads in part", async () => {
    expect(await readParquet(fileOf(parquet(problems)), 3)).toEqual(
      problems.slice(0, 3).map((problem) => problem.row()),
    );
  });
});

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
    const path = fileOf(file);
    await expect(readParquet(path)).rejects.toThrow(`${path} is torn or no parquet file`);
  });

  it("refuses an integer that no number holds", async () => {
    const file = parquetWriteBuffer({ columnData: [{ name: "seed", data: [1n, 2n ** 53n + 1n] }] });
    await expect(readParquet(fileOf(file))).rejects.toThrow(
      "seed holds 9007199254740993, which is beyond 2^53",
    );
  });

  it("ends a decoding without end", async () => {
    const column = { name: "n", data: [1, 2, 3], type: "INT32" as const };
    const file = parquetWriteBuffer({ codec: "UNCOMPRESSED", columnData: [column] });
    // a byte of the page's header: pages without values are read for ever
    new Uint8Array(file)[11] = 0;
    const limits = { seconds: 0.5, megabytes: 128 };
    await expect(readParquet(fileOf(file), undefined, limits)).rejects.toThrow("decoding takes more than");
  });

  it("refuses a dictionary whose texts are more than memory once they are copied to the rows", async () => {
    const text = "a".repeat(1_000_000);
    const file = parquetWriteBuffer({ columnData: [{ name: "prompt", data: Array<string>(60).fill(text) }] });
    expect(file.byteLength).toBeLessThan(200_000);
    const limits = { seconds: 60, megabytes: 50 };
    const path = fileOf(file);
    await expect(readParquet(path, undefined, limits)).rejects.toThrow("its rows take more than 50 MB");
    expect(await readParquet(path, 40, limits)).toHaveLength(40);
  });

  it("answers with rows or refuses, whatever bytes are changed", async () => {
    const texts = ["abc ".repeat(40), "def", "ghi ".repeat(99)];
    const whole = new Uint8Array(
      parquetWriteBuffer({
        columnData: [
          { name: "prompt", data: texts },
          { name: "n", data: [1, 2, 3], type: "INT32" },
        ],
      }),
    );
    const change = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 3 });
    const files = fc.sample(change, { numRuns: 6, seed: 17 }).map((changes) => {
      const file = whole.slice();
      for (const [at, value] of changes) file[at] = value;
      return fileOf(file.buffer);
    });
    const limits = { seconds: 1, megabytes: 128 };
    const answers = await Promise.all(
      files.map((file) => readParquet(file, undefined, limits).catch((error: unknown) => error)),
    );
    for (const answer of answers) if (!Array.isArray(answer)) expect(answer).toBeInstanceOf(UsageError);
  });
});
