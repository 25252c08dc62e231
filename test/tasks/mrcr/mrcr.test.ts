import { decode, encode } from "gpt-tokenizer/encoding/o200k_base";
import { describe, expect, it } from "vitest";
import { UsageError } from "../../../src/core/errors.ts";
import { Random } from "../../../src/core/random.ts";
import { ordinalText } from "../../../src/tasks/mrcr/conversation.ts";
import { formats, writeReply } from "../../../src/tasks/mrcr/formats.ts";
import { wordCount } from "../../../src/tasks/parts/grammar/pen.ts";
import { scoreResponse } from "../../../src/tasks/mrcr/problem.ts";
import { topics } from "../../../src/tasks/parts/grammar/topics.ts";
import { parseTask } from "../../../src/tasks/spec.ts";
import { countTokens } from "../../../src/tasks/parts/tokenizer.ts";
import type { CountRetrieve } from "../../../src/tasks/circuit.ts";
import type { Message, Problem } from "../../../src/tasks/task.ts";

const generate = (spec: string, tokens: number, seed = 1): Problem => {
  const { task, params } = parseTask(spec);
  return task.generate(tokens, params, new Random(seed));
};
const load = (row: Record<string, unknown>): Problem => {
  const { task, params } = parseTask("mrcr");
  return task.load(row, params);
};
const circuitOf = (problem: Problem): CountRetrieve => {
  expect(problem.circuit.kind).toBe("count-retrieve");
  return problem.circuit as CountRetrieve;
};

describe("a conversation", () => {
  const problem = generate("mrcr(needles=4)", 16_384);
  const { messages } = problem;

  it("has the public structure", () => {
    expect(messages[0]!.content).toMatch(
      /^Here are some examples of conversations succeeded by a follow-up question answered correctly:\n\n======EXAMPLE======\nUser: write a /,
    );
    expect(messages[0]!.content.match(/======END EXAMPLE======/g)).toHaveLength(2);
    expect(messages.map(({ role }) => role)).toEqual(
      messages.map((_, m) => (m === 0 || m % 2 === 1 ? "user" : "assistant")),
    );
    for (const { content } of messages.filter((_, m) => m % 2 === 1).slice(0, -1))
      expect(content).toMatch(/^write a [a-z ]+ about [a-z]+$/);
    expect(messages.at(-1)!.content).toMatch(
      /^Prepend [A-Za-z0-9]{10} to the (1st|2nd|3rd|4th) \(1 indexed\) [a-z ]+ about [a-z]+\. Do not include any other text in your response\.$/,
    );
  });

  it("has the row of the public files", () => {
    const row = problem.row();
    const parsed = JSON.parse(row.prompt as string) as Message[];
    const hash = row.random_string_to_prepend as string;
    expect(parsed).toEqual(messages);
    expect(row).toMatchObject({ n_needles: 4, total_messages: messages.length, answer: problem.answer });
    expect(problem.answer).toBe(hash + parsed[(row.desired_msg_index as number) + 1]!.content);
    expect(problem.answer.slice(hash.length, hash.length + 1)).not.toBe(" ");
  });

  it("has its identical requests counted, and no request too many", () => {
    const { needles, ordinals, wanted, requests } = circuitOf(problem);
    const request = messages.at(-1)!.content.match(/indexed\) (.+)\. Do not/)![1]!;
    const asked = Array.from(needles, (r) => messages[2 * r + 1]!.content);
    expect(asked).toEqual(Array(4).fill(`write a ${request}`));
    expect(messages.filter(({ content }) => content === asked[0])).toHaveLength(4);
    expect(Array.from(needles, (r) => ordinals[r])).toEqual([1, 2, 3, 4]);
    expect(requests.count).toBe((messages.length - 2) / 2);
    expect(problem.answer.endsWith(messages[2 * needles[wanted - 1]! + 2]!.content)).toBe(true);
    const replies = messages.filter(({ role }) => role === "assistant").map(({ content }) => content);
    expect(new Set(replies).size).toBe(replies.length);
  });

  it("has distractors that share the format or the topic", () => {
    const { requests, needles } = circuitOf(generate("mrcr", 131_072));
    const [format, topic] = requests.key.map(({ features }) => features);
    const needle = needles[0]!;
    const others = Array.from({ length: requests.count }, (_, r) => r).filter((r) => !needles.includes(r));
    const sameFormat = others.filter((r) => format![r] === format![needle]);
    const sameTopic = others.filter((r) => topic![r] === topic![needle]);
    expect(sameFormat.length / others.length).toBeGreaterThan(0.1);
    expect(sameTopic.length / others.length).toBeGreaterThan(0.05);
    expect(sameFormat.filter((r) => sameTopic.includes(r))).toEqual([]);
  });

  it("asks for the needles' format in a tenth of the distractors and for their topic in another, beside chance", () => {
    let [others, format, topic] = [0, 0, 0];
    for (let seed = 0; seed < 6; seed++) {
      const { requests, needles } = circuitOf(generate("mrcr(needles=2)", 65_536, seed));
      const [formatOf, topicOf] = requests.key.map(({ features }) => features);
      const needle = needles[0]!;
      for (let r = 0; r < requests.count; r++) {
        if (needles.includes(r)) continue;
        others++;
        if (formatOf![r] === formatOf![needle]) format++;
        if (topicOf![r] === topicOf![needle]) topic++;
      }
    }
    expect(others).toBeGreaterThan(300);
    // 10 formats and 438 topics: a tenth by design, and of the other eight tenths those that chance makes alike
    const [expectedFormat, expectedTopic] = [0.1 + 0.8 / formats.length, 0.1 + 0.8 / topics.length];
    const within = (share: number): number => 4 * Math.sqrt((share * (1 - share)) / others);
    expect(Math.abs(format / others - expectedFormat)).toBeLessThan(within(expectedFormat));
    expect(Math.abs(topic / others - expectedTopic)).toBeLessThan(within(expectedTopic));
  });

  it("known as a whole, matches only what is identical", () => {
    const whole = generate("mrcr(keys=whole)", 16_384);
    const { requests, responses, needles, wanted } = circuitOf(whole);
    const [subject, ...more] = requests.key;
    expect(more).toEqual([]);
    const same = [...subject!.features.keys()].filter(
      (r) => subject!.features[r] === subject!.features[needles[0]!],
    );
    expect(same).toEqual([...needles]);
    expect(whole.respond([responses.value[needles[wanted - 1]!]!])).toBe(whole.answer);
  });

  it("has records that stand where the tokeniser puts the messages", () => {
    const tokens = messages.flatMap(({ content }) => encode(content));
    const { requests, responses } = circuitOf(problem);
    expect(problem.tokens).toBe(tokens.length);
    for (const [records, first] of [
      [requests, 1],
      [responses, 2],
    ] as const)
      // prettier-ignore
      for (let r = 0; r < records.count; r++)
        expect(decode(tokens.slice(records.start[r], records.anchor[r]! + 1))).toBe(messages[first + 2 * r]!.content);
    for (const { weight } of requests.key) expect(weight ** 2).toBeCloseTo(0.5, 12);
    expect(new Set(responses.value).size).toBe(responses.count);
  });
});

describe("length", () => {
  it.each([
    [8192, 8],
    [8192, 2],
    [16_384, 4],
    [65_536, 8],
  ])("with the answer's lies in the upper half of %i tokens (%i needles)", (tokens, needles) => {
    const totals = Array.from({ length: 8 }, (_, seed) => {
      const problem = generate(`mrcr(needles=${needles})`, tokens, seed);
      return problem.tokens + countTokens(problem.answer);
    });
    expect(Math.max(...totals)).toBeLessThanOrEqual(tokens);
    expect(Math.min(...totals)).toBeGreaterThan(tokens / 2);
    expect(new Set(totals).size).toBe(totals.length);
  });

  it("is drawn evenly from the upper half", () => {
    const shares = Array.from({ length: 40 }, (_, seed) => {
      const problem = generate("mrcr(needles=2)", 16_384, seed);
      return (problem.tokens + countTokens(problem.answer)) / 16_384;
    });
    // of 40 even draws from 1/2 to 1: the mean to four standard errors, and some in each eighth of the whole
    expect(Math.abs(shares.reduce((sum, share) => sum + share, 0) / 40 - 0.75)).toBeLessThan(0.1);
    for (const eighth of [4, 5, 6, 7])
      expect(shares.some((share) => share > eighth / 8 && share <= (eighth + 1) / 8)).toBe(true);
  });

  it("refuses one that the needles alone exceed", () => {
    expect(() => generate("mrcr", 2048)).toThrow(/tokens must be >= \d+ for this conversation; got 2048/);
  });
});

describe("an answer", () => {
  const problem = generate("mrcr(needles=8)", 8192, 5);
  const { responses, needles, wanted } = circuitOf(problem);

  it("is the hash and the reply that a conclusion names", () => {
    const right = responses.value[needles[wanted - 1]!]!;
    expect(problem.respond([right])).toBe(problem.answer);
    expect(problem.score(problem.respond([right]))).toEqual({ score: 1, exact: true });
    const wrong = problem.score(problem.respond([responses.value[needles[wanted % 8]!]!]));
    expect(wrong.exact).toBe(false);
    expect(wrong.score).toBeLessThan(0.5);
    expect(problem.score(problem.respond([]))).toEqual({ score: 0, exact: false });
  });

  it("scores nothing without the hash in front", () => {
    expect(problem.score(problem.answer.slice(10))).toEqual({ score: 0, exact: false });
    expect(problem.score(` ${problem.answer}`).score).toBe(0);
    expect(problem.score(`${problem.answer}!`).score).toBeGreaterThan(0.99);
    expect(problem.score(`${problem.answer}!`).exact).toBe(false);
  });

  it("scores by Python's ratio of what follows the hash", () => {
    expect(scoreResponse("abcXdiet", "abcX", "abcXtide")).toEqual({ score: 0.5, exact: false });
    expect(scoreResponse("abcXtide", "abcX", "abcXdiet")).toEqual({ score: 0.25, exact: false });
    expect(scoreResponse("abcX", "abcX", "abcX")).toEqual({ score: 1, exact: true });
  });
});

describe("a row", () => {
  it("loads as it was written, whatever other columns it has", () => {
    const problem = generate("mrcr(needles=2)", 8192, 9);
    const row = { ...problem.row(), date_added: "12-05-2025" };
    const loaded = load(row);
    expect(loaded.row()).toBe(row);
    expect(loaded.messages).toEqual(problem.messages);
    expect(loaded.circuit).toEqual(problem.circuit);
    expect(loaded.answer).toBe(problem.answer);
  });

  it("counts among requests of any kind, and lets others repeat", () => {
    const turns = ["poem about tapirs", "short scene in a play about rocks", "poem about tapirs", "short scene in a play about rocks"]; // prettier-ignore
    const messages = [
      { role: "user", content: "examples" },
      ...turns.flatMap((turn, i) => [
        { role: "user", content: `write a ${turn}` },
        { role: "assistant", content: `reply ${i}` },
      ]),
      {
        role: "user",
        content:
          "Prepend aYooSG8CQg to the 2nd (1 indexed) short scene in a play about rocks. Do not include any other text in your response.",
      },
    ];
    const problem = load({ prompt: JSON.stringify(messages) });
    expect(problem.answer).toBe("aYooSG8CQgreply 3");
    expect(circuitOf(problem).ordinals).toEqual(Int32Array.of(1, 1, 2, 2));
    expect(circuitOf(problem).needles).toEqual(Int32Array.of(1, 3));
  });

  const good = JSON.parse(generate("mrcr(needles=2)", 8192).row().prompt as string) as Message[];
  const changed = (at: number, change: Partial<Message>): string =>
    JSON.stringify(
      good.map((message, m) => (m === good.length + at || m === at ? { ...message, ...change } : message)),
    );

  it.each([
    [{}, 'mrcr: column "prompt" is missing; the row has: none'],
    [{ prompt: "[" }, 'column "prompt" is no JSON'],
    [{ prompt: '{"role": "user"}' }, 'must be a JSON list of {"role", "content"}'],
    [{ prompt: JSON.stringify(good.slice(1)) }, "an even number of messages, at least 4"],
    [{ prompt: changed(3, { content: "hello" }) }, 'message 3 is "hello", not "write a ... about ..."'],
    [{ prompt: changed(2, { role: "user" }) }, "must be of user and assistant; got user, user"],
    [{ prompt: changed(-1, { content: "well?" }) }, 'its last message is "well?", not "Prepend ..."'],
    [
      {
        prompt: changed(-1, {
          content:
            "Prepend abc to the 3rd (1 indexed) poem about nothing. Do not include any other text in your response.",
        }),
      },
      "asks for number 3 of the requests for a poem about nothing; it has 0",
    ],
  ])("%# that is malformed is refused: what, got, allowed", (row, message) => {
    expect(() => load(row)).toThrow(UsageError);
    expect(() => load(row)).toThrow(message);
  });
});

describe("the grammar", () => {
  it("has 438 topics and 10 formats, all different", () => {
    expect(new Set(topics).size).toBe(438);
    expect(topics).toHaveLength(438);
    expect(new Set(formats.map(({ name }) => name)).size).toBe(10);
  });

  it.each(formats.map((format) => [format.name, format] as const))(
    "writes a %s of 150 to 370 words on its topic",
    (_, format) => {
      const random = new Random(format.name);
      for (let i = 0; i < 100; i++) {
        const reply = writeReply(format, "tapirs", random);
        expect(wordCount(reply)).toBeGreaterThanOrEqual(150);
        expect(wordCount(reply)).toBeLessThanOrEqual(370);
        expect(reply.toLowerCase()).toContain("tapirs");
        expect(reply).not.toMatch(/[{}]|undefined|\ba [aeiou]/);
      }
    },
  );

  it("counts as the dataset does", () => {
    expect([1, 2, 3, 4, 8, 11, 12, 13, 21, 22, 111].map(ordinalText)).toEqual(
      ["1st", "2nd", "3rd", "4th", "8th", "11th", "12th", "13th", "21st", "22nd", "111th"], // prettier-ignore
    );
  });
});
