import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { CommanderError } from "@commander-js/extra-typings";
import type { CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { afterAll, describe, expect, it } from "vitest";
import { UsageError } from "../../src/core/errors.ts";
import { commands } from "../../src/cli/commands/all.ts";
import { program } from "../../src/cli/program.ts";
import { attnsim } from "./attnsim.ts";

const folder = mkdtempSync(join(tmpdir(), "attnsim-flags-"));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, "file");
writeFileSync(file, "");

/** A command with options of its own, and the words that name it. */
interface Named {
  readonly words: readonly string[];
  readonly command: CommandUnknownOpts;
}

const leaves = (command: CommandUnknownOpts, words: readonly string[] = []): Named[] =>
  command.commands.length > 0
    ? command.commands.flatMap((inner) => leaves(inner, [...words, inner.name()]))
    : [{ words, command }];

const names = commands.flatMap((each) => [
  each.name,
  ...("commands" in each ? each.commands.map(({ name }) => name) : []),
]);
const all = leaves(await program(names));
const options = all.flatMap(({ words, command }) =>
  command.options.map((option) => ({ words, command, option, flag: `${words.join(" ")} ${option.long}` })),
);

/** Tables that a command reads. */
const tables = ["--trace", "--results", "--explained", "--text-reader"];
/** Options that name what a command reads. */
const inputs = [
  ...["--q", "--k", "--v", "--capture", "--index-q", "--index-k", "--index-v", "--gates", "--config"],
  ...["--file", "--responses", "--prices", "--constants", "--kernels", "--from", "--plugin", ...tables],
];
/** The value that an option reads of a text. @throws UsageError, CommanderError */
const read = ({ parseArg }: Option, text: string): unknown =>
  (parseArg as (text: string, before: unknown) => unknown)(text, undefined);

const isOutput = ({ long, flags }: Option): boolean =>
  /<(file|folder|path)>/.test(flags) && !inputs.includes(long!);
const outputs = options.filter(
  ({ option, command }) => isOutput(option) && !(command.name() === "status" && option.long === "--out"),
);

/** A command line with what the command requires, and an option. */
const lineOf = ({ words, command }: Named, option: Option, value: string): string[] => [
  ...words,
  ...command.registeredArguments.filter(({ required }) => required).map(() => file),
  ...command.options
    .filter(({ mandatory, long }) => mandatory && long !== option.long)
    .flatMap(({ long }) => [long!, "4K"]),
  option.long!,
  value,
];

describe("what a command writes", () => {
  it.each(outputs.map((each) => [each.flag, each] as const))(
    "%s is refused before the work where it cannot be written",
    async (_, each) => {
      const { code, out, err } = await attnsim(...lineOf(each, each.option, join(file, "x.svg")));
      expect([code, out]).toEqual([2, ""]);
      expect(err).toMatch(/^error: cannot write (to )?\S+x\.svg: a part of the path is a file\n$/);
    },
  );

  it("is known of every command that writes", () => {
    expect(outputs.map(({ flag }) => flag)).toEqual(
      expect.arrayContaining([
        "run --out",
        "hardware fit --out",
        "hardware memory --figure",
        "learn --cells",
      ]),
    );
    expect(outputs.length).toBeGreaterThan(35);
  });

  const memory = ["hardware", "memory", "--model", "qwen3-8b", "--context", "8K"];
  const card = ["card", "qwen3-8b"];
  symlinkSync("loop", join(folder, "loop"));
  it.each([
    [[...card, "--out", folder], "it is a folder"],
    [[...card, "--out", `${folder}/`], "its name is that of a folder"],
    [[...card, "--out", "/dev/null"], "it is no file but a pipe or a device"],
    [[...card, "--out", ""], "its name is empty"],
    [[...card, "--out", join(folder, "loop")], "it is a link to itself"],
    [[...card, "--out", join(folder, "x".repeat(254))], "its name is too long"],
    [[...card, "--out", "/proc/none/x"], "cannot write /proc/none/x: "],
    [[...card, "--out", "a\0b"], "null bytes"],
    [["calibrate", "--out", ""], "its name is empty"],
    [["calibrate", "--out", file], "it is a file"],
    [[...memory, "--figure", join(folder, "a.jpg")], "--figure must end in .svg or .png"],
    [[...memory, "--csv", join(folder, "a.svg"), "--figure", `${folder}/./a.svg`], "--csv and --figure name"],
  ])("%j is refused: %s", async (words, reason) => {
    const before = readdirSync(folder);
    const { code, out, err } = await attnsim(...words);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain(reason);
    expect(readdirSync(folder)).toEqual(before);
  });

  it("is not asked of a run that writes nothing", async () => {
    const words = ["run", "--task", "graphwalks", "--variant", "dense", "--tokens", "4K", "--dry-run"];
    expect((await attnsim(...words, "--out", file)).code).toBe(0);
  });
});

describe("what a command reads", () => {
  const torn = { table: join(folder, "torn.csv"), other: join(folder, "torn.json") };
  writeFileSync(torn.table, 'a,b\n"torn');
  writeFileSync(torn.other, '{"torn');
  const reads = options.filter(({ option }) => inputs.includes(option.long!));

  it.each(reads.map((each) => [each.flag, each] as const))(
    "%s is refused before the work where it is torn",
    async (_, each) => {
      const path = tables.includes(each.option.long!) ? torn.table : torn.other;
      const { code, out, err } = await attnsim(...lineOf(each, each.option, path));
      expect([code, out]).toEqual([2, ""]);
      expect(err).toMatch(/^error: /);
    },
  );

  it("is known of every command that reads", () => {
    expect(reads.length).toBeGreaterThan(55);
  });
});

it("threads and workers are at most the cores, in every command", () => {
  const counts = options.filter(({ option }) => /^--(threads|workers)$/.test(option.long!));
  expect(counts.length).toBeGreaterThan(15);
  for (const { option, flag } of counts) {
    expect(read(option, String(availableParallelism())), flag).toBe(availableParallelism());
    for (const wrong of [availableParallelism() + 1, 100_000, 0])
      expect(() => read(option, String(wrong)), flag).toThrow("allowed: an integer");
  }
});

it("a value that an option takes is finite, and written in decimals", () => {
  const hostile = [
    ...["", " ", ",", "1e309", "-1e309", "NaN", "Infinity", "0x10", "0b11", "1_000", "٣"],
    ...["1e300", "constructor", "__proto__", "\u001b[31m", "a".repeat(5000), "(".repeat(3000)],
  ];
  const numbers = (value: unknown): number[] =>
    typeof value === "number" ? [value] : Array.isArray(value) ? value.flatMap(numbers) : [];
  let refused = 0;
  for (const { option, flag } of options)
    for (const text of option.parseArg ? hostile : [])
      try {
        expect(numbers(read(option, text)), `${flag} ${text}`).toEqual([]);
      } catch (error) {
        if (!(error instanceof UsageError || error instanceof CommanderError)) throw error;
        refused++;
      }
  expect(refused).toBeGreaterThan(1000);
});
