import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { departuresOf } from "../../src/attention/departures.ts";
import { shapings, variants } from "../../src/attention/registry.ts";
import { parseSpec } from "../../src/attention/spec.ts";
import type { Entry } from "../../src/core/entry.ts";
import { attnsim } from "../cli/attnsim.ts";

const folder = join(import.meta.dirname, "../../src/attention");
const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) =>
  file.endsWith(".ts"),
);
const textOf = (file: string): string => readFileSync(join(folder, file), "utf8");

/** Entries that compute exactly what their sources define. */
const exact = [
  ...["dense", "oracle", "keydiff", "a-shape", "tri-shape", "random"],
  ...["none", "log-n", "floor-log", "entmax", "adaptive"],
];

const all: readonly Entry[] = [...variants, ...shapings];

describe.each(all.map((entry) => [entry.name, entry] as const))("%s", (name, { differs = [] }) => {
  it("says in sentences where it departs from its sources, unless it is exact", () => {
    expect(differs.length === 0).toBe(exact.includes(name));
    for (const sentence of differs) {
      expect(sentence).toMatch(/^[\w`].*\.$/);
      expect(sentence.length).toBeLessThan(260);
      expect(sentence).not.toMatch(/simplified/i);
    }
  });
});

it("no comment keeps a departure to itself", () => {
  expect(files.filter((file) => /simplified/i.test(textOf(file)))).toEqual([]);
});

/** Functions that stand for something trained, and what an entry that uses them must say. */
const standIns = [
  [/\b(Sketch|tokenIndex|indexRows)\b/, /random projection/],
  [/\bentriesOf\b/, /gate/],
  [/\brecur\(/, /learns|feature map/],
] as const;

it.each(standIns)("variants that use %s say so", (used, sentence) => {
  const users = files.filter((file) => file.startsWith("variants/") && used.test(textOf(file)));
  expect(users.length).toBeGreaterThan(0);
  for (const file of users)
    expect(variants.get(basename(file, ".ts")).differs?.join(" "), file).toMatch(sentence);
});

it("a plan has the departures of its layers, a spec that of its shaping", () => {
  const plan = departuresOf(parseSpec("layers(dsa|dense+sink)"));
  for (const sentence of variants.get("dsa").differs!) expect(plan).toContain(`dsa: ${sentence}`);
  expect(plan).toContain(`sink: ${shapings.get("sink").differs![0]}`);
  expect(departuresOf(parseSpec("dense+ssmax"))).toEqual([`ssmax: ${shapings.get("ssmax").differs![0]}`]);
});

it("describe prints them", async () => {
  const { out } = await attnsim("describe", "dsa");
  for (const sentence of variants.get("dsa").differs!) expect(out).toContain(sentence);
  expect((await attnsim("describe", "dense")).out).not.toContain("differs");
});
