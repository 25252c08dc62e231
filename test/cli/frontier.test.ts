import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, vi } from "vitest";
import { main } from "../../src/cli/program.ts";
import { markFront, scoresAt } from "../../src/studies/frontier/frontier.ts";
import { trialRow } from "../../src/trial/columns.ts";
import type { FrontierPoint } from "../../src/studies/frontier/point.ts";

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

describe("scoresAt", () => {
  const row = (task: string, variant: string, tokensNominal: number, score: number | null) =>
    trialRow({ task, variant, tokensNominal, score });

  it("gives tasks the same weight, takes a length by its name, and leaves out what did not fit", () => {
    const rows = [
      row("a", "dense", 131_072, 1),
      row("a", "dense", 131_072, 1),
      row("a", "dense", 131_072, 1),
      row("b", "dense", 128_000, 0),
      row("a", "dense", 4096, 1),
      row("a", "quest", 131_072, null),
    ];
    const { tokens, scores } = scoresAt(rows, 131_072);
    expect(tokens).toBe(128_000);
    expect(scores).toHaveLength(1);
    expect(scores[0]).toMatchObject({ variant: "dense", score: 0.5, trials: 4 });
    expect(() => scoresAt(rows, 65_536)).toThrow(
      "no rows of 65536 tokens with a score; there are 4096, 128000",
    );
  });
});

describe("markFront", () => {
  it("marks a variant where no other is as accurate and as cheap, each price for itself", () => {
    const point = (variant: string, score: number, tpotSeconds: number | null, usersPerRack: number) => ({
      ...{ variant, score, low: 0, high: 1, trials: 1, system: "s", model: "m", tokens: 1 },
      ...{ tpotSeconds, usersPerRack, dollarsPerMillionInput: 1, dollarsPerMillionOutput: usersPerRack },
    });
    const marks = markFront([
      point("good", 0.9, 0.02, 100),
      point("fast", 0.5, 0.01, 100),
      point("worse", 0.4, 0.03, 200),
      point("none", 1, null, 0),
    ]);
    const names = (of: keyof FrontierPoint) => marks.filter((each) => each[of]).map(({ variant }) => variant);
    expect(names("bestTpot")).toEqual(["good", "fast"]);
    expect(names("bestUsers")).toEqual(["good", "worse", "none"]);
    expect(names("bestPrice")).toEqual(["none"]);
  });
});

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
    expect(printed).toMatch(/dense +0\.80 +0\.70 to 0\.90/);
    expect(err).toContain("frontier.png");
    const [header, dense, narrow] = readFileSync(join(out, "data.csv"), "utf8").trim().split("\n");
    const at = (line: string, name: string) => line.split(",")[header!.split(",").indexOf(name)];
    expect(Number(at(narrow!, "tpotSeconds"))).toBeLessThan(Number(at(dense!, "tpotSeconds")));
    expect(at(dense!, "bestTpot")).toBe("true");
  });

  it("draws scores in the mean field", async () => {
    const { out } = await run([
      ...["frontier", "--theory", "--task", "graphwalks", "--variant", "dense", "moba", "--tokens", "64K"],
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
    [[], "give --results FILE, or --theory with --task, --variant and --tokens"],
    [["--theory", "--task", "graphwalks"], "--theory needs --task, --variant and --tokens"],
    [["--results", "missing.csv"], "missing.csv"],
  ])("%j is wrong usage, and says so", async (words, message) => {
    const { code, err } = await run(["frontier", ...words, ...on]);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});
