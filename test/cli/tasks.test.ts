import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parquetWriteBuffer } from "hyparquet-writer";
import { describe, expect, it } from "vitest";
import { readTrialRows } from "../../src/files/csv.ts";
import { drawProblem, parseTask } from "../../src/tasks/spec.ts";
import { emptyFolder } from "../runs/folder.ts";
import { attnsim, attnsimJson } from "./attnsim.ts";

const sample = readFileSync(new URL("../tasks/data/graphwalks-real-sample.txt", import.meta.url), "utf8");
const sampleAnswer = ["1679091c5a", "c9f0f895fb", "d3d9446802"];

const jsonl = (text: string): Record<string, unknown>[] =>
  text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

const writeLines = (path: string, rows: readonly object[]): string => {
  writeFileSync(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  return path;
};

describe("tasks generate", () => {
  it("prints rows of the public dataset, those of a run with the seed", async () => {
    const { code, out } = await attnsim("tasks", "generate", "graphwalks(depth=2)", "--tokens", "2K", "--count", "2", "--seed", "5"); // prettier-ignore
    expect(code).toBe(0);
    const rows = jsonl(out);
    const expected = [0, 1].map((i) =>
      drawProblem(parseTask("graphwalks(depth=2)"), { tokens: 2000, seed: 5, index: i }).row(),
    );
    expect(rows).toHaveLength(2);
    rows.forEach(
      (row, i) =>
      expect(row).toEqual({ id: `graphwalks(depth=2)/2000/5/${i}`, task: "graphwalks(depth=2)", tokensNominal: 2000, seed: 5, trial: i, ...expected[i] }), // prettier-ignore
    );
  });

  it("writes a file whole or not at all", async () => {
    const folder = emptyFolder();
    const path = join(folder, "deep/rows.jsonl");
    expect(
      (await attnsim("tasks", "generate", "mrcr(needles=2)", "--tokens", "8K", "--out", path)).code,
    ).toBe(0);
    expect(jsonl(readFileSync(path, "utf8"))).toHaveLength(1);
    const small = join(folder, "small.jsonl");
    const { code, err } = await attnsim("tasks", "generate", "mrcr", "--tokens", "1K", "--out", small);
    expect([code, existsSync(small)]).toEqual([2, false]);
    expect(err).toMatch(
      /^error: mrcr\(needles=8\): tokens must be >= \d+ for this conversation; got 1024\n$/,
    );
  });
});

describe("tasks score", () => {
  it.each(["graphwalks(operation=parents)", "mrcr(needles=2)"])(
    "scores responses to exported problems: %s",
    async (spec) => {
      const folder = emptyFolder();
      const exported = join(folder, "messages.jsonl");
      await attnsim("tasks", "export", spec, "--tokens", "8K", "--count", "4", "--out", exported);
      const rows = jsonl(readFileSync(exported, "utf8"));
      expect(Object.keys(rows[0]!)).toEqual(["id", "task", "tokensNominal", "seed", "trial", "messages"]);
      const length = parseTask(spec).task.lengths.includes(8000) ? 8000 : 8192;
      const answers = rows.map(
        (_, i) => drawProblem(parseTask(spec), { tokens: length, seed: 0, index: i }).answer,
      );
      const responses = writeLines(
        join(folder, "responses.jsonl"),
        rows.map(({ id }, i) => ({ id, response: i === 3 ? "no idea" : answers[i] })),
      );
      const csv = join(folder, "data.csv");
      const score = ["tasks", "score", "--file", exported, "--responses", responses, "--model", "some-model"];
      const { rows: scored, means } = await attnsimJson<{ rows: object[]; means: object[] }>(
        ...score,
        "--csv",
        csv,
      );
      expect(scored).toHaveLength(4);
      expect(means).toHaveLength(1);
      expect(means[0]).toMatchObject({
        task: spec,
        tokensNominal: length,
        score: { mean: 0.75, trials: 4 },
        exact: { mean: 0.75, trials: 4, kind: "wilson" },
      });
      expect(readTrialRows(csv).map((row) => [row.variant, row.score, row.exact, row.trial])).toEqual([
        ["some-model", 1, true, 0],
        ["some-model", 1, true, 1],
        ["some-model", 1, true, 2],
        ["some-model", 0, false, 3],
      ]);
      const { out } = await attnsim(...score);
      expect(out).toContain(spec);
      // Wilson's interval of three in four
      expect(out).toMatch(/ 4 {2}\.75 \[\.30 \.95\] {2}\.75 \[\.30 \.95\]/);
    },
  );

  it("scores responses under any scoring, to problems that were drawn once", async () => {
    const folder = emptyFolder();
    const place = { tokens: 2000, seed: 3, index: 0 };
    const { answer } = drawProblem(parseTask("graphwalks"), place);
    expect(drawProblem(parseTask("graphwalks(scoring=lm-eval)"), place).messages).toEqual(
      drawProblem(parseTask("graphwalks"), place).messages,
    );
    const responses = writeLines(join(folder, "responses.jsonl"), [
      { id: "graphwalks/2000/3/0", response: `${answer}\n\nLet me know if you need the steps.` },
    ]);
    const scored = async (scoring: string): Promise<unknown> => {
      const words = ["tasks", "score", `graphwalks(scoring=${scoring})`, "--tokens", "2000", "--seed", "3"];
      const { rows } = await attnsimJson<{ rows: { score: number }[] }>(...words, "--responses", responses);
      return rows.map(({ score }) => score);
    };
    expect(await scored("f1")).toEqual([0]);
    expect(await scored("lm-eval")).toEqual([0]);
    expect(await scored("lm-eval-flexible")).toEqual([1]);
  });

  it("leaves out what has no response, and refuses responses to nothing", async () => {
    const folder = emptyFolder();
    const source = ["graphwalks", "--tokens", "1K", "--count", "2"];
    const one = writeLines(join(folder, "one.jsonl"), [{ id: "graphwalks/1000/0/1", response: "" }]);
    const partial = await attnsim("tasks", "score", ...source, "--responses", one);
    expect(partial.code).toBe(0);
    expect(partial.err).toContain(
      "1 problems have no response and are left out; the first is graphwalks/1000/0/0",
    );
    const other = writeLines(join(folder, "other.jsonl"), [{ id: "graphwalks/1000/9/1", response: "" }]);
    const refused = await attnsim("tasks", "score", ...source, "--responses", other);
    expect(refused.code).toBe(2);
    expect(refused.err).toContain("answers 1 problems that were not given: graphwalks/1000/9/1; without a response: graphwalks/1000/0/0"); // prettier-ignore
  });
});

describe("tasks inspect", () => {
  const parquet = (folder: string, answers: readonly string[][]): string => {
    const path = join(folder, "graphwalks_128k_and_shorter.parquet");
    const columnData = [
      { name: "prompt", data: answers.map(() => sample) },
      { name: "answer_nodes", data: answers as string[][] },
      { name: "prompt_chars", data: answers.map(() => BigInt(sample.length)) },
      { name: "problem_type", data: answers.map(() => "parents") },
      { name: "date_added", data: answers.map(() => "02-27-2026") },
    ];
    writeFileSync(path, new Uint8Array(parquetWriteBuffer({ columnData })));
    return path;
  };

  it("reads the public dataset's parquet: sizes, records, and whether its answer is right", async () => {
    const path = parquet(emptyFolder(), [sampleAnswer]);
    const { code, out } = await attnsim("tasks", "inspect", "graphwalks", "--file", path, "--lines", "3");
    expect(code).toBe(0);
    expect(out).toMatch(/tokensNominal +1000\ntokens +\d+\n/);
    expect(out).toMatch(/records +44\n/);
    expect(out).toContain(`Final Answer: [${sampleAnswer.join(", ")}]`);
    expect(out).toMatch(/statedAnswerAgrees +true\n/);
    expect(out).toContain("[user] You will be given a graph as a list of directed edges.");
  });

  it("counts the rows whose answer is another than their text gives, and picks one", async () => {
    const path = parquet(emptyFolder(), [sampleAnswer, [...sampleAnswer, "8f14e45fce"], sampleAnswer]);
    const inspect = ["tasks", "inspect", "graphwalks", "--file", path];
    expect((await attnsim(...inspect)).out).toContain(
      "1 of 3 rows state another answer than their text gives",
    );
    const [second] = await attnsimJson<{ id: string; statedAnswerAgrees: boolean }[]>(
      ...inspect,
      "--row",
      "1",
    );
    expect(second).toMatchObject({ id: "graphwalks_128k_and_shorter.parquet:1", statedAnswerAgrees: false });
    const beyond = await attnsim(...inspect, "--row", "3");
    expect([beyond.code, beyond.err]).toEqual([2, "error: --row must be an integer in [0, 2]; got 3\n"]);
  });
});

describe("bad input ends with code 2 and says what is wrong", () => {
  it.each<[string[], string, string]>([
    [["x.csv"], "a,b\n", "x.csv must be a .parquet or .jsonl file; got .csv"],
    [["x.parquet"], "PAR1 torn", "x.parquet is torn or no parquet file"],
    [["x.jsonl"], '{"prompt": "hel', "x.jsonl: line 1 is no JSON"],
    [["x.jsonl"], "", "x.jsonl has no rows"],
    [
      ["x.jsonl"],
      '{"text": "hello"}',
      'x.jsonl: row 1: graphwalks: column "prompt" is missing; the row has: text',
    ],
    [["x.jsonl"], '{"prompt": "hello"}', "x.jsonl: row 1: not a graphwalks prompt"],
  ])("file %j holding %j: %s", async ([name], text, message) => {
    const path = join(emptyFolder(), name!);
    writeFileSync(path, text);
    const { code, err } = await attnsim("tasks", "inspect", "graphwalks", "--file", path);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });

  it.each<[string, string]>([
    ["inspect graphwalks", "--tokens or --file is missing"],
    ["inspect --tokens 4K", "a task is missing"],
    ["inspect graphwalks --file nowhere.parquet", "cannot read nowhere.parquet: there is no such file"],
    ["inspect graphwalks --file nowhere.jsonl", "cannot read nowhere.jsonl: there is no such file"],
    ["inspect graphwalks --file nowhere.jsonl --tokens 4K", "from --file or from --tokens, not both"],
    ["inspect graphwalk --tokens 4K", 'unknown task "graphwalk"; known: graphwalks, k-hop, mqar, mrcr'],
    ["inspect graphwalks --tokens some", "tokens must be an integer >= 1, alone or with K or M"],
    ["generate graphwalks --tokens 4K --count 0", "allowed: an integer >= 1"],
    ["score graphwalks --tokens 4K", "required option '--responses <path>' not specified"],
  ])("%s: %s", async (words, message) => {
    const { code, err } = await attnsim("tasks", ...words.split(" "));
    expect(code).toBe(2);
    expect(err).toContain(message);
  });

  it("refuses responses that are none, or come twice", async () => {
    const folder = emptyFolder();
    const score = (name: string, rows: object[]): ReturnType<typeof attnsim> =>
      attnsim(
        "tasks",
        "score",
        "graphwalks",
        "--tokens",
        "1K",
        "--responses",
        writeLines(join(folder, name), rows),
      );
    expect((await score("a.jsonl", [{ id: 1, response: "" }])).err).toContain(
      'a.jsonl: line 1 must have the strings "id" and "response"',
    );
    const twice = { id: "graphwalks/1000/0/0", response: "" };
    expect((await score("b.jsonl", [twice, twice])).err).toContain(
      'b.jsonl: line 2 has the id "graphwalks/1000/0/0" a second time',
    );
  });
});

it("says that a nominal length of MRCR is the upper end of a bin", async () => {
  const bin = "upper end of a bin: prompt and answer have more than half as many tokens";
  expect((await attnsim("tasks", "inspect", "mrcr", "--tokens", "8K")).out).toContain(bin);
  expect((await attnsim("tasks", "inspect", "mrcr", "--tokens", "8K", "--count", "2")).out).toContain(bin);
  expect((await attnsim("tasks", "inspect", "graphwalks", "--tokens", "2K")).out).not.toContain(bin);
});
