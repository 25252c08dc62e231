import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { seedOfName } from "../../src/cli/experiment/experiment.ts";

const root = join(import.meta.dirname, "../..");

const scripts = readdirSync(join(root, "experiments"))
  .filter((file) => file.endsWith(".ts"))
  .map((file) => readFileSync(join(root, "experiments", file), "utf8"))
  .filter((script) => script.includes("answer: trials("));

/** Name of an experiment, and the seed that it states or that its name makes. */
const seedOf = (script: string): readonly [name: string, seed: number] => {
  const name = /^ {2}name: "(.*)",$/m.exec(script)![1]!;
  const stated = /^ {2}seed: (\d+),$/m.exec(script)?.[1];
  return [name, stated === undefined ? seedOfName(name) : Number(stated)];
};

describe("seeds of experiments", () => {
  it("differ by name, and fit the seed column", () => {
    const seeds = scripts.map((script) => seedOfName(seedOf(script)[0]));
    expect(seeds.length).toBeGreaterThan(5);
    expect(new Set(seeds).size).toBe(seeds.length);
    for (const seed of seeds) expect(seed).toBeLessThan(2 ** 31);
  });

  it.each(scripts.map(seedOf))("of %s is that of its committed results", (name, seed) => {
    const path = join(root, "results", name, "manifest.json");
    expect(existsSync(path)).toBe(true);
    expect((JSON.parse(readFileSync(path, "utf8")) as { seeds: unknown }).seeds).toEqual([seed]);
  });
});
