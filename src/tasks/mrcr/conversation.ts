import { UsageError } from "../../core/errors.ts";
import { parseJson } from "../../core/json.ts";
import type { Message } from "../task.ts";

/** Format and topic that a request asks for. */
export interface Subject {
  /** "poem", "short essay" */
  readonly format: string;
  readonly topic: string;
}

/** A request and the reply to it. */
export interface ChatExchange extends Subject {
  readonly reply: string;
}

/** The last message, which asks to repeat the i-th reply to a request after a hash. */
export interface FinalQuestion extends Subject {
  /** ten letters and digits that the answer must begin with */
  readonly hash: string;
  /** from 1 */
  readonly ordinal: number;
}

/** A conversation of openai/mrcr: the message with the examples, the exchanges, the question. */
export interface Conversation {
  readonly examples: string;
  readonly exchanges: readonly ChatExchange[];
  readonly question: FinalQuestion;
}

/** Text of a request. It may be "a email", as in the public dataset. */
export const requestText = ({ format, topic }: Subject): string => `write a ${format} about ${topic}`;

/** A number as an ordinal: 1st, 2nd, 3rd, 4th, 11th, 22nd. */
export function ordinalText(n: number): string {
  const teen = n % 100 >= 11 && n % 100 <= 13;
  return `${n}${teen ? "th" : (["th", "st", "nd", "rd"][n % 10] ?? "th")}`;
}

/** Text of the last message. */
export const questionText = ({ hash, ordinal, format, topic }: FinalQuestion): string =>
  `Prepend ${hash} to the ${ordinalText(ordinal)} (1 indexed) ${format} about ${topic}. Do not include any other text in your response.`;

/** Text of the first message: short conversations, each with its question answered. */
export const examplesText = (
  examples: readonly {
    readonly exchanges: readonly ChatExchange[];
    readonly question: FinalQuestion;
    readonly answer: string;
  }[],
): string =>
  `Here are some examples of conversations succeeded by a follow-up question answered correctly:\n\n${examples
    .map(({ exchanges, question, answer }) => {
      const turns = exchanges.map((exchange) => [requestText(exchange), exchange.reply]);
      const lines = [...turns, [questionText(question), answer]].map(
        ([user, assistant]) => `User: ${user!}\nAssistant: ${assistant!}\n`,
      );
      return `======EXAMPLE======\n${lines.join("\n")}\n======END EXAMPLE======\n`;
    })
    .join("\n")}`;

/** The messages of a conversation, as the dataset's `prompt` column holds them. */
export const writeMessages = ({ examples, exchanges, question }: Conversation): Message[] => [
  { role: "user", content: examples },
  ...exchanges.flatMap((exchange): Message[] => [
    { role: "user", content: requestText(exchange) },
    { role: "assistant", content: exchange.reply },
  ]),
  { role: "user", content: questionText(question) },
];

const malformed = (reason: string): UsageError => new UsageError(`not an mrcr conversation: ${reason}`);
const requestPattern = /^write an? (.+?) about (.+)$/i;
const questionPattern =
  /^Prepend (\S+) to the (\d+)(?:st|nd|rd|th) \(1 indexed\) (.+?) about (.+)\. Do not include any other text in your response\.$/;

const isMessage = (value: unknown): value is Message =>
  typeof value === "object" &&
  value !== null &&
  "role" in value &&
  "content" in value &&
  typeof value.role === "string" &&
  typeof value.content === "string";

/**
 * Messages of the JSON in the `prompt` column.
 *
 * @throws UsageError for another text
 */
export function parseMessages(json: string): Message[] {
  let value: unknown;
  try {
    value = parseJson(json, 'column "prompt"');
  } catch (error) {
    throw malformed((error as Error).message);
  }
  if (!Array.isArray(value) || !value.every(isMessage))
    throw malformed('column "prompt" must be a JSON list of {"role", "content"}');
  return value;
}

/**
 * Reads the conversation of messages: examples, then requests and replies by turns, then the question.
 *
 * @throws UsageError for other messages
 */
export function readConversation(messages: readonly Message[]): Conversation {
  if (messages.length < 4 || messages.length % 2 !== 0)
    throw malformed(`it must have an even number of messages, at least 4; got ${messages.length}`);
  const exchanges: ChatExchange[] = [];
  for (let at = 1; at < messages.length - 1; at += 2) {
    const [asked, given] = [messages[at]!, messages[at + 1]!];
    if (asked.role !== "user" || given.role !== "assistant")
      throw malformed(
        `messages ${at} and ${at + 1} must be of user and assistant; got ${asked.role}, ${given.role}`,
      );
    const request = requestPattern.exec(asked.content);
    if (request === null)
      throw malformed(
        `message ${at} is ${JSON.stringify(asked.content.slice(0, 60))}, not "write a ... about ..."`,
      );
    exchanges.push({ format: request[1]!, topic: request[2]!, reply: given.content });
  }
  const last = messages.at(-1)!.content;
  const asked = questionPattern.exec(last);
  if (asked === null)
    throw malformed(`its last message is ${JSON.stringify(last.slice(0, 80))}, not "Prepend ..."`);
  const question = { hash: asked[1]!, ordinal: Number(asked[2]), format: asked[3]!, topic: asked[4]! };
  return { examples: messages[0]!.content, exchanges, question };
}
