import { decode, encode } from "gpt-tokenizer/encoding/o200k_base";
import { describe, expect, it } from "vitest";
import { Random } from "../../../src/core/random.ts";
import { UsageError } from "../../../src/core/errors.ts";
import { matchAll } from "../../../src/tasks/parts/match-all.ts";
import { parseTask } from "../../../src/tasks/spec.ts";
import type { Aggregate, Chain, RecordSet, Retrieve } from "../../../src/tasks/circuit.ts";
import type { Problem } from "../../../src/tasks/task.ts";

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

describe("variable tracking", () => {
  const problem = generate("vt", 4096, 2);
  const prompt = promptOf(problem);
  const circuit = problem.circuit as Chain;
  const beginning =
    "Memorize and track the chain(s) of variable assignment hidden in the following text.\n\n";

  it("has RULER's template, behind an example in it", () => {
    const tail = (value: string) =>
      `\nQuestion: Find all variables that are assigned the value ${value} in the text above. Answer: According to the chain(s) of variable assignment in the text above, 5 variables are assigned the value ${value}, they are: `;
    const [, shown, value, example, asked, last] =
      /^([^]*assigned the value (\d{5})[^]*they are: ) ((?:[A-Z]{3} ?){5})\n\n([^]*assigned the value (\d{5})[^]*)$/.exec(
        prompt,
      )!;
    for (const [text, number] of [
      [shown!, value!],
      [asked!, last!],
    ] as const) {
      expect(text.startsWith(beginning)).toBe(true);
      expect(text.endsWith(tail(number))).toBe(true);
    }
    expect(encode(shown!).length).toBeLessThanOrEqual(500);
    expect(recordTexts(problem, circuit.records).filter((text) => text.startsWith("VAR"))).toHaveLength(10);
    expect(shown).toContain(`VAR ${example!.split(" ")[0]!} = ${value!}\n`);
  });

  it("has a record for each assignment, and a path that is the answer", () => {
    const { records, candidates, start, hops } = circuit;
    const next = new Map([...records.value].map((value, r) => [records.key[0]!.features[r]!, value]));
    const path = [start];
    for (let hop = 0; hop < hops; hop++) path.push(next.get(path.at(-1)!)!);
    expect(hops).toBe(5);
    expect(next.has(path.at(-1)!)).toBe(false);
    expect(problem.respond(path.slice(1))).toBe(problem.answer);
    expect(path.slice(1).every((feature) => candidates.includes(feature))).toBe(true);
    recordTexts(problem, records).forEach((text, r) => {
      const [key, value] = [records.key[0]!.features[r]!, records.value[r]!].map(
        (feature) => problem.features[feature]!,
      );
      expect(text.replace(/= (?:VAR )?/, "= ")).toBe(`VAR ${value!.split(":")[1]!} = ${key!.split(":")[1]!}`);
    });
  });

  it("knows other chains, and values that no variable has", () => {
    const input = (value: string) =>
      `${beginning}VAR A = 11111\nVAR X = 22222\nVAR B = VAR A \nVAR C = VAR A \nQuestion: Find all variables that are assigned the value ${value} in the text above.`;
    expect(load("vt", { input: input("11111") }).row()).toEqual({ input: input("11111") });
    expect(load("vt", { input: input("11111") }).answer).toBe("A, B, C");
    expect(load("vt", { input: input("22222") }).answer).toBe("X");
    expect(() => load("vt", { input: input("33333") })).toThrow(
      "asks for the value 33333, which no variable has",
    );
  });
});

describe("common and frequent words", () => {
  const countsOf = (problem: Problem): number[] => {
    const { records, asked } = problem.circuit as Aggregate;
    const counts = new Map<number, number>();
    records.value.forEach((word, r) => {
      if (records.key[0]!.features[r] === asked) counts.set(word, (counts.get(word) ?? 0) + 1);
    });
    return [...counts.values()].sort((a, b) => b - a);
  };

  it.each([
    ["cwe", " Answer: The top 10 words that appear most often in the list are:", 10],
    ["fwe", " Answer: According to the coded text above, the three most frequently appeared words are:", 3],
  ])("%s: a record for each word, as the tokeniser cuts it", (name, prefix, answers) => {
    const problem = generate(name, 4096, 4);
    const circuit = problem.circuit as Aggregate;
    expect(promptOf(problem).endsWith(prefix)).toBe(true);
    expect(problem.row()["answer_prefix"]).toBe(prefix);
    expect(circuit.answers).toBe(answers);
    expect(problem.answer.split(", ")).toHaveLength(answers);
    recordTexts(problem, circuit.records).forEach((text, r) =>
      expect(text.replace(/^\d+\. /, "")).toBe(
        problem.features[circuit.records.value[r]!]!.slice("word:".length),
      ),
    );
    expect(decode(encode(promptOf(problem)).slice(circuit.contextEnd + 1)).trim()).toMatch(/^Question: /);
  });

  it("cwe: ten words thirty times, the others three times; six and one in short lists", () => {
    const head =
      "Below is a numbered list of words. In these words, some appear more often than others. Memorize the ones that appear most often.\n1. ";
    const text = promptOf(generate("cwe"));
    expect(text.startsWith(head)).toBe(true);
    expect(text.split(head)).toHaveLength(3);
    expect(text.split("\nQuestion: What are the 10 most common words in the above list?")).toHaveLength(3);
    const long = countsOf(generate("cwe"));
    expect(long.slice(0, 10)).toEqual(new Array(10).fill(30));
    expect(new Set(long.slice(10))).toEqual(new Set([3]));
    const brief = countsOf(generate("cwe", 2048));
    expect(brief.slice(0, 10)).toEqual(new Array(10).fill(6));
    expect(new Set(brief.slice(10))).toEqual(new Set([1]));
  });

  it("fwe: frequencies of a zeta distribution, the first rank dots", () => {
    const problem = generate("fwe", 8192);
    const text = promptOf(problem);
    expect(text).toMatch(
      /^Read the following coded text and track the frequency of each coded word\. Find the three most frequently appeared coded words\. (?:(?:[a-z]{6}|\.\.\.) )+/,
    );
    expect(text).toContain(
      "\nQuestion: Do not provide any explanation. Please ignore the dots '....'. What are the three most frequently appeared words in the above coded text?",
    );
    const counts = [text.split(" ... ").length, ...countsOf(problem)];
    const words = counts[1]! * 4 * (Math.PI ** 2 / 6);
    for (let rank = 2; rank < 10; rank++)
      expect(Math.abs(counts[rank]! - (words * 6) / (Math.PI * (rank + 1)) ** 2)).toBeLessThan(2);
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
