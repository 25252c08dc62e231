import fc from "fast-check";
import { decode, encode } from "gpt-tokenizer/encoding/o200k_base";
import { describe, expect, it } from "vitest";
import { Random } from "../../../src/core/random.ts";
import { parseTask } from "../../../src/tasks/spec.ts";
import { tokenTexts } from "../../../src/tasks/parts/token-texts.ts";
import { countTokens } from "../../../src/tasks/parts/tokenizer.ts";

const whole = (text: string): number => encode(text, { disallowedSpecial: new Set() }).length;

describe("countTokens", () => {
  it.each(["graphwalks", "graphwalks(operation=parents,degree=1)", "mrcr(needles=4)"])(
    "counts a 16K prompt of %s as encoding its messages whole does",
    (spec) => {
      const { task, params } = parseTask(spec);
      const problem = task.generate(16_384, params, new Random(7));
      const tokens = problem.messages.reduce((sum, { content }) => sum + whole(content), 0);
      expect(problem.tokens).toBe(tokens);
      expect(problem.messages.reduce((sum, { content }) => sum + countTokens(content), 0)).toBe(tokens);
    },
  );

  it("reads special tokens as text", () => {
    expect(countTokens("<|endoftext|>")).toBe(whole("<|endoftext|>"));
    expect(countTokens("<|endoftext|>")).toBeGreaterThan(1);
  });

  it("equals the whole count for any mixture of words, blanks, breaks and signs", () => {
    const piece = fc.constantFrom(
      ..."the ,word,Word,WORD,it's,'S,  , ,\n,\n\n,\r\n,\t,/,//,.,...,->, ->,1,12345,cfcd208495,é,中文,😀,e\u0301,\u00a0,\u2003,_,(,)".split(
        ",",
      ),
      ",",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const text = pieces.join("");
        expect(countTokens(text)).toBe(whole(text));
      }),
      { numRuns: 2000 },
    );
  });

  it("equals the whole count for any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 80 }), (text) => {
        expect(countTokens(text)).toBe(whole(text));
      }),
      { numRuns: 500 },
    );
  });
});

it("gives a token the same text whatever was read before it", () => {
  const messages = [{ role: "user" as const, content: "pride. 🎶 x 🙌" }];
  const texts = ["pr", "ide", ".", " \ufffd", "\ufffd", " x", " \ufffd", "\ufffd"];
  expect(tokenTexts(messages)).toEqual(texts);
  // a part of a character, which the package keeps for its next text
  decode([encode(" 🎶")[0]!]);
  expect(tokenTexts(messages)).toEqual(texts);
});
