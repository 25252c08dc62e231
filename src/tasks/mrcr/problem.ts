import { UsageError } from "../../core/errors.ts";
import { sequenceRatio } from "./difflib.ts";
import { Features } from "../parts/features.ts";
import type { CountRetrieve, FeatureColumn, RecordSet } from "../circuit.ts";
import type { Message, Problem, Score } from "../task.ts";
import { rowOfProblem } from "../parts/dataset-row.ts";
import type { LoadedRow } from "../parts/dataset-row.ts";
import type { CountTokens } from "../parts/tokenizer.ts";
import { writeMessages } from "./conversation.ts";
import type { Conversation, ChatExchange, Subject } from "./conversation.ts";

/**
 * Score of the public dataset: 0 for a response that does not begin with the hash, and for others the similarity of what
 * follows it, as difflib's SequenceMatcher(None, response, answer).ratio() gives it.
 */
export function scoreResponse(response: string, hash: string, answer: string): Score {
  const exact = response === answer;
  if (!response.startsWith(hash)) return { score: 0, exact };
  return { score: exact ? 1 : sequenceRatio(response.slice(hash.length), answer.slice(hash.length)), exact };
}

/** Ways in which the subject of an exchange makes its key: format and topic apart, or as one. */
export const keyings = ["parts", "whole"] as const;

export type Keying = (typeof keyings)[number];

/**
 * Key columns of the exchanges. Format and topic have half of the variance each, so that requests with one of them in
 * common match by half; or one feature stands for both, so that only identical requests match.
 */
function subjectKey(exchanges: readonly ChatExchange[], keys: Keying, features: Features): FeatureColumn[] {
  if (keys === "whole")
    return [
      {
        weight: 1,
        features: Int32Array.from(exchanges, (exchange) =>
          features.index(`subject:${subjectName(exchange)}`),
        ),
      },
    ];
  const weight = Math.SQRT1_2;
  return [
    { weight, features: Int32Array.from(exchanges, ({ format }) => features.index(`format:${format}`)) },
    { weight, features: Int32Array.from(exchanges, ({ topic }) => features.index(`topic:${topic}`)) },
  ];
}

/** First tokens of a reply, which tell it from the replies to identical requests. */
const openingTokens = 8;

/** Tokens with which replies begin. */
const openings = ({
  start,
  anchor,
}: Pick<RecordSet, "start" | "anchor">): NonNullable<RecordSet["spelled"]> => ({
  from: start,
  to: start.map((from, r) => Math.min(from + openingTokens, anchor[r]! + 1)),
});

/** Every second message from `first` on as a record: the anchor is its last token. */
function spans(
  starts: Int32Array,
  first: number,
  count: number,
): Pick<RecordSet, "count" | "start" | "anchor"> {
  return {
    count,
    start: Int32Array.from({ length: count }, (_, r) => starts[first + 2 * r]!),
    anchor: Int32Array.from({ length: count }, (_, r) => starts[first + 2 * r + 1]! - 1),
  };
}

const subjectName = ({ format, topic }: Subject): string => `${format} about ${topic}`;

/** Place of each exchange among those with the same request, from 1. */
function countOrdinals(exchanges: readonly ChatExchange[]): Int32Array {
  const seen = new Map<string, number>();
  return Int32Array.from(exchanges, (exchange) => {
    const name = subjectName(exchange);
    const ordinal = (seen.get(name) ?? 0) + 1;
    seen.set(name, ordinal);
    return ordinal;
  });
}

/** Token at which each message starts; the last number is the length of them all. */
function messageStarts(messages: readonly Message[], count: CountTokens): Int32Array {
  const starts = new Int32Array(messages.length + 1);
  messages.forEach(({ content }, m) => (starts[m + 1] = starts[m]! + count(content)));
  return starts;
}

/**
 * Makes a problem of a conversation.
 *
 * @param keys ways in which subjects make the keys of requests and responses
 * @throws UsageError for a conversation with fewer such requests than the question counts
 */
export function mrcrProblem(
  conversation: Conversation,
  keys: Keying,
  countTokens: CountTokens,
  loaded?: LoadedRow,
): Problem {
  const { exchanges, question } = conversation;
  const messages = writeMessages(conversation);
  const starts = messageStarts(messages, countTokens);
  const count = exchanges.length;
  const name = subjectName(question);
  const needles = Int32Array.from(exchanges.keys()).filter((r) => subjectName(exchanges[r]!) === name);
  const wanted = needles[question.ordinal - 1];
  if (wanted === undefined)
    throw new UsageError(
      `not an mrcr conversation: it asks for number ${question.ordinal} of the requests for a ${name}; it has ${needles.length}`,
    );

  const features = new Features();
  const key = subjectKey(exchanges, keys, features);
  const firstMessage = features.names.length;
  const replies = spans(starts, 2, count);
  const circuit: CountRetrieve = {
    kind: "count-retrieve",
    requests: { ...spans(starts, 1, count), key, value: new Int32Array(count).fill(-1) },
    responses: {
      ...replies,
      spelled: openings(replies),
      key,
      value: Int32Array.from(exchanges, (_, r) => features.index(`message:${2 * r + 2}`)),
    },
    ordinals: countOrdinals(exchanges),
    needles,
    wanted: question.ordinal,
  };
  const repeat = (r: number): string => question.hash + exchanges[r]!.reply;
  const answer = repeat(wanted);
  return {
    messages,
    tokens: starts[messages.length]!,
    features: features.names,
    circuit,
    answer,
    respond: ([feature]) => (feature === undefined ? "" : repeat(feature - firstMessage)),
    score: (response) => scoreResponse(response, question.hash, answer),
    ...rowOfProblem(loaded, () => ({
      prompt: JSON.stringify(messages),
      answer,
      random_string_to_prepend: question.hash,
      n_needles: needles.length,
      // counted without the examples, as the public rows count it: an odd number
      desired_msg_index: 2 * wanted + 1,
      total_messages: messages.length,
      n_chars: messages.reduce((sum, { content }) => sum + Array.from(content).length, 0),
    })),
  };
}
