import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { CheckResult, TrendResult } from "../../src/studies/published/result.ts";
import { emptyFolder } from "../runs/folder.ts";
import { attnsim, attnsimJson } from "./attnsim.ts";

interface Shown {
  readonly checks: readonly CheckResult[];
  readonly trends: readonly TrendResult[];
}

it("prints checks and trends with their verdicts", async () => {
  const { code, out } = await attnsim("published");
  expect(code).toBe(0);
  expect(out).toMatch(/MSA, times fewer FLOPs.* 28\.4 x +28\.45\d* x +arithmetic holds/);
  expect(out).toMatch(/NSA, tokens read a step at 64K +5632 tokens +5631 tokens +reproduced/);
  expect(out).toMatch(/k-hop-plans +reproduced/);
  expect(out).toContain("https://arxiv.org/abs/2402.09268");
});

it("says what has not been run", async () => {
  const { checks, trends } = await attnsimJson<Shown>("published", "--results", emptyFolder());
  expect(checks.length).toBeGreaterThan(12);
  expect(new Set(checks.map(({ by }) => by))).toEqual(new Set(["run", "arithmetic"]));
  expect(trends.length).toBeGreaterThan(5);
  expect(new Set(trends.map(({ verdict }) => verdict))).toEqual(new Set(["not run"]));
});

it("runs a trend", async () => {
  const folder = emptyFolder();
  const { checks, trends } = await attnsimJson<Shown>(
    ...["published", "--run", "summary-collapse", "--results", folder],
  );
  expect(checks).toEqual([]);
  expect(trends.map(({ name, verdict }) => [name, verdict])).toEqual([["summary-collapse", "contradicted"]]);
  for (const file of ["data.csv", "manifest.json", "summary-collapse.png"])
    expect(existsSync(join(folder, "summary-collapse", file))).toBe(true);
});

it("knows the trends' names", async () => {
  const { code, err } = await attnsim("published", "--run", "quest");
  expect(code).toBe(2);
  expect(err).toMatch(/unknown trend "quest"; known: all, /);
});
