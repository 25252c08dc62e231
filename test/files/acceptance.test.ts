import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { acceptanceOf } from "../../src/files/acceptance.ts";
import { yieldAt } from "../../src/hardware/serving/acceptance.ts";
import type { AcceptanceCurve } from "../../src/hardware/serving/acceptance.ts";

function written(text: string): string {
  const file = join(mkdtempSync(join(tmpdir(), "attnsim-acceptance-")), "drafts.yaml");
  writeFileSync(file, text);
  return file;
}

const source = "source: { title: my engine's log, url: https://example.org }";

describe("acceptance of drafts as users write it", () => {
  it("is a probability, a curve of the package, or a file of tokens a step by length", () => {
    expect(acceptanceOf("0.8")).toBe(0.8);
    expect(acceptanceOf("kimi-k3-3")).toMatchObject({ drafts: 3 });
    const curve = acceptanceOf(
      written(`drafts: 2\n${source}\ntokensPerStep: { 128K: 1.5, 4K: 2.5 }\n`),
    ) as AcceptanceCurve;
    expect(curve.points).toEqual([
      { tokens: 4096, perStep: 2.5 },
      { tokens: 131_072, perStep: 1.5 },
    ]);
    expect(yieldAt(curve, 1000)).toBe(2.5);
  });

  it.each([
    ["1.2", /acceptance must be in \[0, 1\]/],
    ["kimi-k4", /unknown acceptance of drafts "kimi-k4"; known: kimi-k3-3/],
    [written("drafts: 2\n"), /tokensPerStep/],
    [
      written(`drafts: 2\n${source}\ntokensPerStep: { 4K: 3.5 }\n`),
      /at most 3, the drafts and one token; got 3.5/,
    ],
    [written(`drafts: 2\n${source}\ntokensPerStep: {}\n`), /must have a length or more/],
    [written(`drafts: 2\n${source}\ntokensPerStep: { four: 2 }\n`), /tokens must be an integer/],
  ])("refuses %s", (text, message) => expect(() => acceptanceOf(text)).toThrow(message));
});
