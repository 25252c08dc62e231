import type { Random } from "../../core/random.ts";
import { withOthers } from "../parts/candidates.ts";
import { Features } from "../parts/features.ts";
import { recordSpans, wordStart } from "../parts/spans.ts";
import type { CountTokens } from "../parts/tokenizer.ts";
import { fill, inserted, noise, sample } from "../parts/haystack.ts";
import { malformed } from "./ruler-task.ts";
import type { RulerPrompt, RulerTask } from "./ruler-task.ts";

const beginning = "Memorize and track the chain(s) of variable assignment hidden in the following text.\n\n";

const promptOf = (context: string, value: string, variables: number): string =>
  `${beginning}${context}\nQuestion: Find all variables that are assigned the value ${value} in the text above.` +
  ` Answer: According to the chain(s) of variable assignment in the text above, ${variables} variables are assigned the value ${value}, they are: `;

const capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

interface ChainText {
  readonly variables: readonly string[];
  readonly value: string;
  readonly lines: readonly string[];
}

/** Draws a chain: a variable with a value, and `hops` more that are each set to the one before. */
function drawChain(hops: number, letters: number, random: Random): ChainText {
  const drawn = new Set<string>();
  while (drawn.size <= hops)
    drawn.add(Array.from({ length: letters }, () => capitals[random.below(26)]!).join(""));
  const variables = [...drawn];
  const value = String(10_000 + random.below(89_999));
  const lines = variables.map((name, i) =>
    i === 0 ? `VAR ${name} = ${value}` : `VAR ${name} = VAR ${variables[i - 1]!} `,
  );
  return { variables, value, lines };
}

/** Writes a prompt of at most `tokens` tokens: the chain's lines in lines of noise. */
function writeProblem(tokens: number, chain: ChainText, random: Random, count: CountTokens): string {
  const { lines, value, variables } = chain;
  const write = (context: readonly string[]): string => promptOf(context.join("\n"), value, variables.length);
  const sentences = fill({
    tokens: tokens - count(write(lines)),
    least: lines.length,
    next: () => noise,
    sizeOf: (line) => count(`.\n${line}`) - 1,
  });
  return write(inserted(sentences, lines, sample([...sentences.keys()], lines.length, random)));
}

/** Most tokens of RULER's example of a problem and its answer. */
const exampleTokens = 500;

/** Answer to the example. */
const answered = ({ variables }: ChainText): string => ` ${variables.join(" ")}\n\n`;

const assignment = /VAR ([A-Z]+) = (?:VAR ([A-Z]+)|(\d+))/g;
const questionPattern = /Find all variables that are assigned the value (\S+) in the text above\./g;
const counted = /, (\d+) variables are assi?gn?ed the value/g;

/** Variables that are set to a value or to one another, behind an example (scripts/data/synthetic/variable_tracking.py). */
export const variableTracking = (hops: number): RulerTask => ({
  answerTokens: 30,

  write(tokens, random, count) {
    const example = drawChain(hops, 3, random.fork("example"));
    const shown =
      writeProblem(exampleTokens, example, random.fork("example places"), count) + answered(example);
    const chain = drawChain(hops, 5, random.fork("chain"));
    return shown + writeProblem(tokens - count(shown), chain, random.fork("places"), count);
  },

  read(prompt, count): RulerPrompt {
    const asked = [...prompt.matchAll(questionPattern)].at(-1);
    if (asked === undefined) throw malformed('no "Find all variables that are assigned the value ..."');
    const value = asked[1]!;
    const found = [...prompt.slice(0, asked.index).matchAll(assignment)];
    const answers = chainFrom(value, found);
    if (answers.length === 0) throw malformed(`it asks for the value ${value}, which no variable has`);
    const features = new Features();
    const source = (name: string | undefined, number: string | undefined): number =>
      features.index(name === undefined ? `value:${number!}` : `variable:${name}`);
    const keys = Int32Array.from(found, ([, , name, number]) => source(name, number));
    const values = Int32Array.from(found, ([, name]) => source(name, undefined));
    const lines = found.map(({ index, 0: { length }, 1: name }) => {
      const named = index + "VAR ".length;
      return {
        start: wordStart(prompt, index),
        end: index + length,
        value: { start: wordStart(prompt, named), end: named + name!.length },
      };
    });
    const question = prompt.lastIndexOf("\n", asked.index);
    const { spans, contextEnd } = recordSpans(prompt, lines, question, count);
    const number = [...prompt.matchAll(counted)].at(-1)?.[1];
    return {
      answers,
      features,
      circuit: {
        kind: "chain",
        records: { ...spans, key: [{ weight: 1, features: keys }], value: values },
        contextEnd,
        candidates: withOthers(values, features, "variable"),
        start: features.index(`value:${value}`),
        hops: number === undefined ? answers.length : Number(number),
      },
      textOf: (feature) => features.names[feature]!.slice("variable:".length),
      answerPrefix: " Answer: According",
    };
  },
});

/** Variables that have a value, directly or through others, in the order of the chain. */
function chainFrom(value: string, found: readonly RegExpExecArray[]): string[] {
  const reached = new Set<string>();
  const take = (source: string): void => {
    for (const [, name, variable, number] of found)
      if ((variable ?? number) === source && !reached.has(name!)) {
        reached.add(name!);
        take(name!);
      }
  };
  take(value);
  return [...reached];
}
