import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { commands } from "../../src/cli/commands/all.ts";
import { attnsim } from "./attnsim.ts";

const folder = mkdtempSync(join(tmpdir(), "examples-"));
afterAll(() => rmSync(folder, { recursive: true }));

const hardware = commands.find(({ name }) => name === "hardware")!;
const examples =
  "commands" in hardware ? hardware.commands.flatMap(({ examples = [] }) => [...examples]) : [];

/** Words of a command line, with files that it writes in a folder of the test. */
const wordsOf = (example: string): string[] =>
  example.split(" ").map((word, i, all) => (all[i - 1] === "--out" ? join(folder, word) : word));

// a fit of all kernels takes minutes: test/cli/hardware-kernels.test.ts fits a few of them
it.each(examples.filter((example) => !example.startsWith("hardware fit")))(
  "%s runs",
  { timeout: 300_000 },
  async (example) => {
    const { code, out, err } = await attnsim(...wordsOf(example));
    expect([code, err]).toEqual([0, expect.not.stringContaining("error")]);
    expect(out).not.toBe("");
    expect(out).not.toMatch(/\bNaN\b|Infinity/);
  },
);

it("every command of hardware has an example", () => {
  const without =
    "commands" in hardware ? hardware.commands.filter(({ examples = [] }) => examples.length === 0) : [];
  expect(without.map(({ name }) => name)).toEqual([]);
});
