import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { drawProblem, parseTask } from "../../src/tasks/spec.ts";
import { attnsim } from "./attnsim.ts";

const folder = mkdtempSync(join(tmpdir(), "attnsim-hostile-"));
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string, content: string): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

/** The message of a command line that is refused. */
async function refusal(...words: string[]): Promise<string> {
  const { code, err } = await attnsim(...words);
  expect([code, err]).toEqual([2, expect.stringContaining("error: ")]);
  expect(err).not.toMatch(/TypeError|undefined|NaN|\[object|is not a function/);
  return err;
}

const memory = ["hardware", "memory", "--model", "qwen3-8b", "--context", "8K"];
const run = ["run", "--task", "graphwalks", "--variant", "dense", "--tokens", "4K", "--dry-run"];

describe.each(["constructor", "toString", "valueOf", "__proto__", "hasOwnProperty"])(
  "the name %s",
  (name) => {
    const config = { model_type: name, hidden_size: 64, num_hidden_layers: 1, vocab_size: 9 };

    it.each([
      [[...run, "--budget", `system=gb200-nvl72,model=qwen3-8b,users=4,${name}=3`], `no "${name}"`],
      [[...memory, "--set", `${name}=3`], `no quantity "${name}"`],
      [[...memory, "--sweep", `${name}=3`], `no quantity "${name}"`],
      [[...memory, "--weights", name], "weights must be"],
      [
        ["plot", file("scores.csv", "variant,tokens,score\ndense,4096,1\n"), "--where", `${name}=1`],
        name === "__proto__" ? "a condition is" : "no column",
      ],
      [
        ["attend", "--variant", "dense", "--q", "q.npy", "--k", "k.npy", "--v", "v.npy", "--engine", name],
        "",
      ],
      [["describe", file(`${name}.json`, JSON.stringify(config))], "unknown model_type"],
      [["hardware", "memory", "--system", file(`${name}.yaml`, `extends: gb200-nvl72\n${name}: 3\n`)], "no "],
    ])("is known to no table: %j", async (words, message) => {
      expect(await refusal(...words)).toContain(message);
    });
  },
);

describe("a number that no count can be", () => {
  it.each([
    [...memory, "--context", "9007199254740993"],
    ["hardware", "decode", "--users", "9007199254740993", "--model", "qwen3-8b"],
    ["hardware", "decode", "--gpus", "8.5", "--model", "qwen3-8b"],
    [...memory, "--set", "gpus=8.5"],
    [...run, "--trials", "9007199254740993"],
    [...run, "--trials", "9007199254740991"],
    [...run, "--variant", "dsa(k=9007199254740993)"],
    [...run, "--budget", "system=gb200-nvl72,model=qwen3-8b,users=9007199254740993"],
    ["tasks", "generate", "graphwalks", "--tokens", "1e400"],
    ["tasks", "inspect", "graphwalks", "--tokens", "4K", "--row", "9007199254740993"],
    ["tasks", "inspect", "graphwalks", "--tokens", "4K", "--count", "3", "--row", "3"],
  ])("%s %s %s %s", async (...words) => {
    await refusal(...words);
  });

  it("is no row of a file", async () => {
    const rows = file("rows.jsonl", "");
    const { out } = await attnsim("tasks", "generate", "graphwalks", "--tokens", "4K", "--count", "2");
    writeFileSync(rows, out);
    const inspect = ["tasks", "inspect", "graphwalks", "--file", rows, "--row"];
    expect(await refusal(...inspect, "2")).toContain("--row must be an integer in [0, 1]; got 2");
    expect(await refusal(...inspect, "9007199254740991")).toContain("in [0, 1]; got 9007199254740991");
    expect((await attnsim(...inspect, "1")).code).toBe(0);
  });
});

it("a folder that cannot be made is refused", async () => {
  const inside = join(file("no-folder", ""), "page");
  expect(await refusal("explore", "--build", inside)).toContain("a part of the path is a file");
});

it("draws the row that is asked for and none before it", async () => {
  const { code, out } = await attnsim(
    "tasks",
    "inspect",
    "graphwalks",
    "--tokens",
    "4K",
    "--row",
    "987654321",
  );
  expect([code, out]).toEqual([0, expect.stringContaining("graphwalks/4000/0/987654321")]);
});

describe("control characters of a file become escapes", () => {
  const escape = "\u001b[31m\u009b2J\u202e";
  const shown = String.raw`\u001b[31m\u009b2J\u202e`;
  const system = file(
    "escape.yaml",
    JSON.stringify({ extends: "gb300-nvl72", name: escape, summary: escape }),
  );
  const row = drawProblem(parseTask("graphwalks"), { tokens: 4000, seed: 0, index: 0 }).row();
  const rows = file("escape.jsonl", JSON.stringify({ ...row, id: escape }));

  it.each([
    [["describe", system]],
    [["describe", system, "--json"]],
    [["hardware", "show", system]],
    [["hardware", "memory", "--system", system, "--model", "qwen3-8b", "--context", "8K"]],
    [["hardware", "memory", "--system", system, "--model", "qwen3-8b", "--context", "8K", "--json"]],
    [["tasks", "inspect", "graphwalks", "--file", rows]],
    [["list", escape]],
    [["plot", file("escape.csv", `variant,tokens,score,${escape}\ndense,4096,1,1\n`), "--where", "a=1"]],
  ])("%j", async (words) => {
    const { out, err } = await attnsim(...words);
    expect(out + err).toContain(shown);

    expect(out + err).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
  });

  it("in JSON they stand for the same text", async () => {
    const { out } = await attnsim("describe", system, "--json");
    expect(JSON.parse(out)).toMatchObject({ name: escape, summary: escape });
  });
});
