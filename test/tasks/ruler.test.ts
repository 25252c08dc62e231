import { decode, encode } from "gpt-tokenizer/encoding/o200k_base";
import { describe, expect, it } from "vitest";
import { Random } from "../../src/core/random.ts";
import { UsageError } from "../../src/core/errors.ts";
import { matchAll } from "../../src/tasks/ruler/score.ts";
import { parseTask } from "../../src/tasks/spec.ts";
import type { Problem, RecordSet, Retrieve } from "../../src/tasks/task.ts";

const generate = (task: string, tokens = 4096, seed = 1): Problem => {
  const spec = parseTask(`ruler(task=${task})`);
  return spec.task.generate(tokens, spec.params, new Random(seed));
};
const load = (task: string, row: Record<string, unknown>): Problem => {
  const spec = parseTask(`ruler(task=${task})`);
  return spec.task.load(row, spec.params);
};
const names = (parseTask("ruler").task.params["task"] as { choices: readonly string[] }).choices;
const promptOf = (problem: Problem): string => problem.messages[0]!.content;

/** The texts of the records, as the tokeniser cuts them out of the prompt. */
function recordTexts(problem: Problem, { start, anchor }: RecordSet): string[] {
  const tokens = encode(promptOf(problem));
  return [...start].map((from, r) => decode(tokens.slice(from, anchor[r]! + 1)).trim());
}

describe.each(names)("%s", (name) => {
  it("fits the nominal length, answer included, and nearly fills it", () => {
    for (const tokens of [4096, 16_384]) {
      const problem = generate(name, tokens);
      const length = problem.row()["length"] as number;
      expect(length).toBeLessThanOrEqual(tokens);
      expect(length).toBeGreaterThan(tokens * 0.9);
      expect(problem.tokens).toBe(encode(promptOf(problem)).length);
    }
  });

  it("loads from its own row as it was, and is scored 1 for its answer", () => {
    const problem = generate(name);
    const row = problem.row();
    expect(Object.keys(row)).toEqual([
      ...["index", "input", "outputs", "length", "length_w_model_temp", "answer_prefix"],
    ]);
    const loaded = load(name, { ...row });
    expect(loaded.messages).toEqual(problem.messages);
    expect(loaded.circuit).toEqual(problem.circuit);
    expect(loaded.stated).toBe(problem.answer);
    expect(load(name, { prompt: promptOf(problem) }).answer).toBe(problem.answer);
    expect(problem.score(problem.answer)).toEqual({ score: 1, exact: true });
    expect(problem.score("").score).toBe(0);
  });

  it("refuses another prompt, and too few tokens", () => {
    expect(() => load(name, { input: "hello" })).toThrow(UsageError);
    expect(() => load(name, { input: "hello" })).toThrow("not a prompt of RULER: ");
    expect(() => load(name, {})).toThrow('column "input" is missing');
    expect(() => generate(name, 150)).toThrow(UsageError);
  });
});

describe("needles", () => {
  /** Text around the context; scripts/data/synthetic/constants.py, with the replacements of niah.py. */
  const single = (kind: string, query: string): [string, string] => [
    `A special magic ${kind} is hidden within the following text. Make sure to memorize it. I will quiz you about the ${kind} afterwards.\n`,
    `\nWhat is the special magic ${kind} for ${query} mentioned in the provided text? The special magic ${kind} for ${query} mentioned in the provided text is`,
  ];
  const several = (kind: string, query: string): [string, string] => [
    `Some special magic ${kind} are hidden within the following text. Make sure to memorize it. I will quiz you about the ${kind} afterwards.\n`,
    `\nWhat are all the special magic ${kind} for ${query} mentioned in the provided text? The special magic ${kind} for ${query} mentioned in the provided text are`,
  ];
  const word = String.raw`[a-z]+-[a-z]+`;
  const number = String.raw`[1-9]\d{6}`;
  const uuid = String.raw`[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}`;

  it.each([
    ["niah_single_1", "numbers", word, number, 1, 1, 1],
    ["niah_single_2", "numbers", word, number, 1, 1, 1],
    ["niah_single_3", "uuids", word, uuid, 1, 1, 1],
    ["niah_multikey_1", "numbers", word, number, 4, 1, 1],
    ["niah_multikey_2", "numbers", word, number, undefined, 1, 1],
    ["niah_multikey_3", "uuids", uuid, uuid, undefined, 1, 1],
    ["niah_multivalue", "numbers", word, number, 4, 1, 4],
    ["niah_multiquery", "numbers", word, number, 4, 4, 4],
  ])(
    "%s: templates to the letter, needles where they say",
    (name, kind, key, value, count, asked, answers) => {
      const problem = generate(name, 4096, 3);
      const prompt = promptOf(problem);
      const circuit = problem.circuit as Retrieve;
      const needle = new RegExp(`One of the special magic ${kind} for (${key}) is: (${value})\\.`, "g");
      const needles = [...prompt.matchAll(needle)];
      const queries = circuit.asked.map(([term]) => problem.features[term!.feature]!.slice("key:".length));
      const query =
        queries.length === 4 ? `${queries.slice(0, 3).join(", ")}, and ${queries[3]!}` : queries[0]!;
      const [head, tail] = answers === 1 ? single(kind.slice(0, -1), query) : several(kind, query);
      expect(prompt.slice(0, head.length)).toBe(head);
      expect(prompt.slice(-tail.length)).toBe(tail);
      if (count === undefined)
        expect(prompt.slice(head.length, -tail.length).split("\n")).toHaveLength(needles.length);
      else expect(needles).toHaveLength(count);

      expect(queries).toHaveLength(asked);
      expect(circuit.answers).toBe(answers === 1 ? 1 : undefined);
      const right = queries.flatMap((q) =>
        needles.filter((found) => found[1] === q).map((found) => found[2]!),
      );
      expect(right).toHaveLength(answers);
      expect(problem.row()["outputs"]).toEqual(right);
      expect(recordTexts(problem, circuit.records)).toEqual(needles.map(([text]) => text.slice(0, -1)));
      needles.forEach((found, r) => {
        expect(problem.features[circuit.records.key[0]!.features[r]!]).toBe(`key:${found[1]!}`);
        expect(problem.features[circuit.records.value[r]!]).toBe(`value:${found[2]!}`);
      });
      expect(decode(encode(prompt).slice(circuit.contextEnd + 1)).trim()).toBe(tail.trim());
    },
  );

  it("stand at RULER's forty depths of an essay, anywhere in noise", () => {
    const noise = "The grass is green. The sky is blue. The sun is yellow. Here we go. There and back again.";
    const lines = promptOf(generate("niah_single_1")).split("\n").slice(1, -1);
    expect(lines.filter((line) => line !== noise)).toHaveLength(1);
    const depths = Array.from({ length: 60 }, (_, seed) => {
      const context = promptOf(generate("niah_single_2", 2048, seed)).split("\n")[1]!;
      return context.indexOf("One of the special magic") / context.length;
    });
    expect(Math.min(...depths)).toBeLessThan(0.1);
    expect(Math.max(...depths)).toBeGreaterThan(0.9);
    expect(new Set(depths.map((depth) => Math.round(depth * 39))).size).toBeGreaterThan(15);
  });

  it("loads a row with the wording of a chat model around it, and prefers the text to what the row states", () => {
    const [head, tail] = single("number", "old-tree");
    const input = `[INST] ${head}One of the special magic numbers for old-tree is: 1234567.${tail} [/INST]`;
    const problem = load("niah_single_1", { input, outputs: ["7654321"] });
    expect(problem.answer).toBe("1234567");
    expect(problem.stated).toBe("7654321");
    expect(() => load("niah_single_1", { input: input.replaceAll("old-tree is", "tree is") })).toThrow(
      "it asks for old-tree, which no needle is for",
    );
  });
});

describe("the score is string_match_all", () => {
  it.each([
    ["1234567", ["1234567"], 1],
    ["The number is 1234567.", ["1234567"], 1],
    ["a, B, c", ["A", "b", "d", "e"], 0.5],
    ["", ["1"], 0],
    ["VAR ABCDE, abcdf", ["ABCDE", "ABCDF", "ABCDG"], 2 / 3],
  ])("%j against %j is %f", (response, references, score) => {
    expect(matchAll(response, references)).toEqual({ score, exact: score === 1 });
  });
});
