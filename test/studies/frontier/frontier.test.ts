import { describe, expect, it } from "vitest";
import { unwatched } from "../../../src/runs/watch.ts";
import { frontierPoints } from "../../../src/studies/frontier/result.ts";
import type { FrontierPoint } from "../../../src/studies/frontier/result.ts";
import { runFrontier } from "../../../src/studies/frontier/run.ts";
import { scoresAt } from "../../../src/studies/frontier/scores.ts";
import { trialRow } from "../../../src/trial/columns.ts";

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

describe("frontierPoints", () => {
  it("marks a variant where no other is as accurate and as cheap, each price for itself", () => {
    const point = (variant: string, score: number, tpotSeconds: number | null, usersPerRack: number) => ({
      variant,
      score,
      low: 0,
      high: 1,
      trials: 1,
      kind: "range" as const,
      system: "s",
      model: "m",
      tokens: 1,
      tpotSeconds,
      usersPerRack,
      dollarsPerMillionInput: 1,
      dollarsPerMillionOutput: usersPerRack,
    });
    const marks = frontierPoints([
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

describe("runFrontier", () => {
  const ask = async (variants: readonly string[]) => {
    const { points } = await runFrontier(
      {
        scores: {
          meanField: { tasks: ["graphwalks(depth=1)"], variants, tokens: 32_000, trials: 2, seed: 0 },
        },
        racks: {
          system: ["gb200-nvl72"],
          model: ["llama-3.1-8b"],
          kvDtype: ["fp8", "bf16"],
          set: [],
          gpus: 8,
        },
        requests: {
          outputTokens: 100,
          thinkTokens: 0,
          cacheHits: 0,
          drafts: { tokens: 0, acceptance: 0 },
          chunkTokens: 8192,
          utilisation: 0.7,
        },
        users: 8,
        tpotLimit: 0.05,
      },
      unwatched,
    );
    return points;
  };

  it("keeps each variant's score beside its price, at every dtype", async () => {
    const points = await ask(["dense", "sink-window"]);
    expect(points).toHaveLength(4);
    for (const variant of ["dense", "sink-window"]) {
      const [alone] = await ask([variant]);
      const own = points.filter((point) => point.variant === variant);
      expect(own.map(({ score }) => score)).toEqual([alone!.score, alone!.score]);
    }
    expect(points[0]!.score).not.toBe(points.at(-1)!.score);
  });
});
