import { expect, it } from "vitest";
import { formatProfile } from "../../../src/cli/print/profile.ts";

it("prints a table for each length, with a line for all of it, and the peak of memory", () => {
  const row = { task: "graphwalks", calls: 2, share: 0.25, seconds: 0.5 };
  const text = formatProfile([
    { ...row, tokens: 4000, variant: "", part: "embed" },
    { ...row, tokens: 4000, variant: "dsa", part: "prepare", share: 0.75, seconds: 1.5 },
    { ...row, tokens: 8000, variant: "", part: "embed", share: 1 },
  ]);
  const [short, long, memory] = text.split("\n\n");
  expect(short!.split("\n").map((line) => line.split(/\s{2,}/))).toEqual([
    ["graphwalks, 4K", "part", "calls", "seconds", "share"],
    [expect.stringMatching(/^-+$/), "-------", "-----", "-------", "-----"],
    ["(shared)", "embed", "2", "0.500", "25.0%"],
    ["dsa", "prepare", "2", "1.500", "75.0%"],
    ["all", "2.000", "100%"],
  ]);
  expect(long).toMatch(/^graphwalks, 8K.*\n.*\n\(shared\).*100\.0%\nall .*0\.500 +100%$/);
  expect(memory).toMatch(/^peak memory \d+(\.\d+)? [MG]B$/);
});
