import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, vi } from "vitest";
import { main } from "../../src/cli/program.ts";

const folder = mkdtempSync(join(tmpdir(), "frontier-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function run(words: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const [out, err] = (["log", "error"] as const).map((method) =>
    vi.spyOn(console, method).mockImplementation(() => undefined),
  );
  try {
    const code = await main([...words]);
    return { code, out: out!.mock.calls.flat().join("\n"), err: err!.mock.calls.flat().join("\n") };
  } finally {
    vi.restoreAllMocks();
  }
}

describe("attnsim frontier", () => {
  const on = ["--system", "gb300-nvl72", "--model", "deepseek-v3", "--gpus", "8", "--users", "8"];

  it("sets scores of a results file beside prices, and writes what it found", async () => {
    const results = join(folder, "results.csv");
    const rows = [0.9, 0.7].flatMap((score) => [
      `graphwalks,dense,128000,${score}`,
      `graphwalks,sink-window,128000,${score - 0.2}`,
    ]);
    writeFileSync(results, ["task,variant,tokensNominal,score", ...rows].join("\n"));
    const out = join(folder, "out");
    const { code, out: printed, err } = await run(["frontier", "--results", results, ...on, "--out", out]);
    expect(code).toBe(0);
    expect(printed).toMatch(/dense +2 +\.80 \(\.70-\.90\)/);
    expect(err).toContain("frontier.png");
    const [header, dense, narrow] = readFileSync(join(out, "data.csv"), "utf8").trim().split("\n");
    const at = (line: string, name: string) => line.split(",")[header!.split(",").indexOf(name)];
    expect(Number(at(narrow!, "tpotSeconds"))).toBeLessThan(Number(at(dense!, "tpotSeconds")));
    expect(at(dense!, "bestTpot")).toBe("true");
  });

  it.each(["--mean-field", "--theory"])("draws scores in the mean field with %s", async (option) => {
    const { out } = await run([
      ...["frontier", option, "--task", "graphwalks", "--variant", "dense", "moba", "--tokens", "64K"],
      ...["--trials", "3", ...on, "--json"],
    ]);
    const { points } = JSON.parse(out) as {
      points: readonly { variant: string; score: number; trials: number }[];
    };
    expect(points.map(({ variant, trials }) => [variant, trials])).toEqual([
      ["dense", 3],
      ["moba", 3],
    ]);
  });

  it.each([
    [[], "give --results FILE, or --mean-field with --task, --variant and --tokens"],
    [["--mean-field", "--task", "graphwalks"], "--mean-field needs --task, --variant and --tokens"],
    [["--results", "missing.csv"], "missing.csv"],
  ])("%j is wrong usage, and says so", async (words, message) => {
    const { code, err } = await run(["frontier", ...words, ...on]);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});
