import { describe, expect, it } from "vitest";
import { commands } from "../../src/cli/commands/all.ts";
import { program } from "../../src/cli/program.ts";
import { figures } from "../../src/figures/registry.ts";
import { attnsim } from "./attnsim.ts";

const all = commands
  .flatMap((entry) =>
    "commands" in entry
      ? entry.commands.map((inner) => ({ ...inner, words: [entry.name, inner.name] }))
      : [{ ...entry, words: [entry.name] }],
  )
  .filter(({ hidden = false }) => !hidden);

/** A command with its options. */
async function commandOf(words: readonly string[]) {
  let command: Awaited<ReturnType<typeof program>> = await program(words);
  for (const word of words)
    command = command.commands.find((each) => each.name() === word)! as unknown as typeof command;
  return command;
}

describe.each(all)("$words", ({ words, examples = [] }) => {
  it("has examples in its help, whose options it has", async () => {
    const { out } = await attnsim(...words, "--help");
    const after = out.split("\n").slice(1).join("\n");
    if (!["engines"].includes(words[0]!)) expect(after).toContain(`attnsim ${words.join(" ")}`);
    const known = (await commandOf(words)).options.map(({ long }) => long);
    for (const example of examples) {
      expect(example.startsWith(words.join(" "))).toBe(true);
      for (const [flag] of example.matchAll(/--[a-z-]+/g)) expect(known).toContain(flag);
    }
  });

  it("marks required options and prints no JSON list as a default", async () => {
    const { out } = await attnsim(...words, "--help");
    expect(out).not.toContain('["');
    for (const option of (await commandOf(words)).options)
      expect(option.description.endsWith("(required)")).toBe(option.mandatory);
  });
});

it("plot says which rows each figure needs, apart from its name, and a refusal says it too", async () => {
  const { out } = await attnsim("plot", "--help");
  for (const { name, needs } of figures)
    expect(out).toMatch(new RegExp(`^  ${name} {2,}.*; needs ${needs}$`, "m"));
  const refused = await attnsim("plot", "results/length-sweep/data.csv", "--figure", "budget");
  expect(refused).toMatchObject({ code: 2 });
  expect(refused.err).toContain("budget: it needs rows with budgets of several numbers of users");
});
