import { decode, encode } from "gpt-tokenizer/encoding/o200k_base";
import { describe, expect, it } from "vitest";
import { Random } from "../../src/core/random.ts";
import { UsageError } from "../../src/core/errors.ts";
import { parseTask } from "../../src/tasks/spec.ts";
import type { Chain, RecordSet, Retrieve } from "../../src/tasks/circuit.ts";
import type { Problem } from "../../src/tasks/task.ts";

const generate = (text: string, tokens: number, seed = 1): Problem => {
  const { task, params } = parseTask(text);
  return task.generate(tokens, params, new Random(seed));
};
const load = (text: string, row: Record<string, unknown>): Problem => {
  const { task, params } = parseTask(text);
  return task.load(row, params);
};
const promptOf = (problem: Problem): string => problem.messages[0]!.content;

function spanTexts(problem: Problem, { start, anchor }: RecordSet): string[] {
  const tokens = encode(promptOf(problem));
  return [...start].map((from, r) => decode(tokens.slice(from, anchor[r]! + 1)).trim());
}

describe.each([
  ["mqar", 256],
  ["k-hop(hops=3)", 100],
  ["nolima(distractors=2)", 2048],
])("%s", (spec, tokens) => {
  it("loads from its own row as it was, and is scored 1 for its answer alone", () => {
    for (let seed = 0; seed < 5; seed++) {
      const problem = generate(spec, tokens, seed);
      expect(problem.tokens).toBe(encode(promptOf(problem)).length);
      const loaded = load(spec, { ...problem.row() });
      expect(loaded.circuit).toEqual(problem.circuit);
      expect(loaded.messages).toEqual(problem.messages);
      expect(loaded.stated).toBe(problem.answer);
      expect(problem.score(problem.answer)).toEqual({ score: 1, exact: true });
      expect(problem.score("?")).toEqual({ score: 0, exact: false });
    }
  });

  it("refuses another prompt", () => {
    expect(() => load(spec, { prompt: "hello" })).toThrow(UsageError);
    expect(() => load(spec, {})).toThrow('column "prompt" is missing');
  });
});

describe("mqar", () => {
  it.each([
    [64, 4],
    [128, 8],
    [256, 16],
    [512, 64],
    [4096, 512],
    [32_768, 1024],
  ])("a list of %i words has zoology's %i pairs, each asked once more at an even place", (length, pairs) => {
    const problem = generate("mqar", length);
    const circuit = problem.circuit as Retrieve;
    const list = promptOf(problem).split("\n")[1]!.split(" ");
    expect(list).toHaveLength(length);
    expect(circuit.records.count).toBe(pairs);
    const keys = new Map(Array.from({ length: pairs }, (_, i) => [list[2 * i]!, list[2 * i + 1]!]));
    expect(keys.size).toBe(pairs);
    const asked = list
      .map((word, at) => ({ word, at }))
      .filter(({ word, at }) => at >= 2 * pairs && keys.has(word));
    expect(new Set(asked.map(({ word }) => word)).size).toBe(pairs);
    expect(asked).toHaveLength(pairs);
    expect(asked.every(({ at }) => at % 2 === 0)).toBe(true);
    expect(problem.answer).toBe(asked.map(({ word }) => keys.get(word)!).join(" "));
  });

  it("has records and queries where the tokeniser puts them, and a score of the right share", () => {
    const problem = generate("mqar", 128);
    const { records, positions, asked } = problem.circuit as Retrieve;
    const tokens = encode(promptOf(problem));
    spanTexts(problem, records).forEach((text, r) =>
      expect(text).toBe(
        [records.key[0]!.features[r]!, records.value[r]!]
          .map((f) => problem.features[f]!.split(":")[1]!)
          .join(" "),
      ),
    );
    asked.forEach(([term], i) =>
      expect(decode([tokens[positions![i]!]!]).trim()).toBe(
        problem.features[term!.feature]!.slice("key:".length),
      ),
    );
    const answer = problem.answer.split(" ");
    expect(problem.score([...answer.slice(0, 6), "x", "y"].join(" "))).toEqual({ score: 0.75, exact: false });
    expect(problem.score(answer.slice(1).join(" ")).score).toBeLessThan(0.2);
  });

  it("asks soon after the pairs, as a power law has it; anywhere where it is flat", () => {
    const middle = (power: number): number => {
      const list = promptOf(generate(`mqar(pairs=16,power=${power})`, 4096))
        .split("\n")[1]!
        .split(" ");
      const keys = new Set(list.slice(0, 32).filter((_, i) => i % 2 === 0));
      const gaps = list.flatMap((word, at) => (at >= 32 && keys.has(word) ? [at - 32] : []));
      return gaps[8]!;
    };
    expect(middle(0.01)).toBeLessThan(500);
    expect(middle(1)).toBeGreaterThan(1000);
  });

  it("refuses pairs that do not fit", () => {
    expect(() => generate("mqar(pairs=32)", 64)).toThrow("32 pairs need a length >= 128; got 64");
    expect(() => generate("mqar(pairs=32,vocabulary=64)", 1024)).toThrow("need a vocabulary > 65; got 64");
  });
});

describe("k-hop", () => {
  /** Hop by hop as src/tasks.py of the source has it: rfind, and one place on. */
  function hopsOf(text: string, hops: number): string {
    let at = text.length - 1;
    for (let hop = 0; hop < hops; hop++) at = text.slice(0, at).lastIndexOf(text[at]!) + 1;
    return text[at]!;
  }

  it("is the source's: its sequences, its hops", () => {
    const drawn = new Set<number>();
    for (let seed = 0; seed < 60; seed++) {
      const problem = generate("k-hop", 100, seed);
      const [, hops, sequence] = /make (\d+) hops\.\n(.+)\n/.exec(promptOf(problem))!;
      const text = sequence!.replaceAll(" ", "");
      expect(text).toMatch(/^[abcd]{100}$/);
      expect(text).not.toMatch(/(.)\1/);
      expect(problem.answer).toBe(hopsOf(text, Number(hops)));
      drawn.add(Number(hops));
    }
    expect(Math.max(...drawn)).toBeLessThanOrEqual(16);
    expect(drawn.size).toBeGreaterThan(10);
  });

  it("has a circuit that walks it", () => {
    for (const hops of [0, 1, 5, 16]) {
      const problem = generate(`k-hop(hops=${hops})`, 200, hops);
      const { records, start, hops: made } = problem.circuit as Chain;
      expect(made).toBe(hops);
      const next = new Map([...records.value].map((value, r) => [records.key[0]!.features[r]!, value]));
      const path: number[] = [];
      for (let at = start; path.length < hops; path.push(at)) at = next.get(at)!;
      expect(problem.respond(path)).toBe(problem.answer);
      expect(spanTexts(problem, records)).toEqual(promptOf(problem).split("\n")[1]!.split(" ").slice(1));
    }
  });

  it("refuses what has no such hops", () => {
    expect(() => generate("k-hop(hops=64)", 30)).toThrow("has 64 hops; allowed: longer ones");
    expect(() => generate("k-hop", 1_000_000)).toThrow("the length must be <= 131072");
  });
});

describe("nolima", () => {
  it("asks with a share of the needle's key, and the rest of the city's", () => {
    const problem = generate("nolima(association=.6,distractors=3)", 4096);
    const { records, asked, answers } = problem.circuit as Retrieve;
    const [landmark, city] = asked[0]!;
    expect([landmark!.weight, city!.weight]).toEqual([0.6, 0.8]);
    expect(answers).toBe(1);
    expect(records.count).toBe(4);
    const texts = spanTexts(problem, records);
    const name = problem.features[city!.feature]!.slice("city:".length);
    texts.forEach((text, r) => {
      const key = records.key[0]!.features[r];
      if (key === city!.feature) expect(text).toBe(`An article about ${name} was in the morning paper`);
      else {
        expect(key).toBe(landmark!.feature);
        expect(text).toBe(
          `Actually, ${problem.answer} lives right beside ${problem.features[key!]!.slice("landmark:".length)}`,
        );
      }
    });
    const words = (text: string) => new Set(text.toLowerCase().match(/[a-z]{3,}/g));
    const question = words(promptOf(problem).split("Question: ")[1]!.split("?")[0]!);
    const needle = texts.find((text) => text.startsWith("Actually"))!;
    expect([...words(needle)].filter((word) => question.has(word))).toEqual([]);
  });
});
