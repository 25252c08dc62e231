import { ImpossibleError } from "../../core/errors.ts";
import type { Random } from "../../core/random.ts";
import type { CountTokens } from "../parts/tokenizer.ts";
import { examplesText, questionText, requestText } from "./conversation.ts";
import type { Conversation, ChatExchange, FinalQuestion, Subject } from "./conversation.ts";
import { formats, writeReply } from "./formats.ts";
import { topics } from "../parts/grammar/topics.ts";

const alphanumerics = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

const drawHash = (random: Random): string =>
  Array.from({ length: 10 }, () => alphanumerics[random.below(alphanumerics.length)]!).join("");

const drawSubject = (random: Random): Subject => ({
  format: random.pick(formats).name,
  topic: random.pick(topics),
});

const isSame = (a: Subject, b: Subject): boolean => a.format === b.format && a.topic === b.topic;

/** Share of the distractors that asks for the needles' format, and share that asks for their topic; none asks for both. */
const relatedShare = 0.1;

function drawDistractor(needle: Subject, random: Random): Subject {
  const drawn = drawSubject(random);
  const kin = random.uniform();
  const subject =
    kin < relatedShare
      ? { ...drawn, format: needle.format }
      : kin < 2 * relatedShare
        ? { ...drawn, topic: needle.topic }
        : drawn;
  return isSame(subject, needle) ? drawDistractor(needle, random) : subject;
}

/** Writes replies by one stream, no two of them equal. */
function replyWriter(random: Random): (subject: Subject) => ChatExchange {
  const written = new Set<string>();
  return (subject) => {
    const format = formats.find(({ name }) => name === subject.format)!;
    let reply = writeReply(format, subject.topic, random);
    while (written.has(reply)) reply = writeReply(format, subject.topic, random);
    written.add(reply);
    return { ...subject, reply };
  };
}

/** Draws two short conversations of two identical requests each, one of which is asked for. */
function drawExamples(random: Random): string {
  const write = replyWriter(random);
  return examplesText(
    [1, 2].map((ordinal) => {
      const subject = drawSubject(random);
      const exchanges = [write(subject), write(subject)];
      const question: FinalQuestion = { ...subject, hash: drawHash(random), ordinal };
      return { exchanges, question, answer: question.hash + exchanges[ordinal - 1]!.reply };
    }),
  );
}

const exchangeTokens = (exchange: ChatExchange, count: CountTokens): number =>
  count(requestText(exchange)) + count(exchange.reply);

/**
 * Draws a conversation with `needles` identical requests. Its length, the answer included, is drawn uniformly from
 * (tokens / 2, tokens], and distractors fill it up.
 *
 * @throws UsageError where the needles alone are too long
 */
export function drawConversation(
  tokens: number,
  needles: number,
  random: Random,
  count: CountTokens,
): Conversation {
  const subject = drawSubject(random.fork("subject"));
  const write = replyWriter(random.fork("replies"));
  const question: FinalQuestion = {
    ...subject,
    hash: drawHash(random.fork("hash")),
    ordinal: 1 + random.fork("ordinal").below(needles),
  };
  const examples = drawExamples(random.fork("examples"));
  const found = Array.from({ length: needles }, () => write(subject));
  const answer = question.hash + found[question.ordinal - 1]!.reply;

  const least = Math.floor(tokens / 2);
  const target = least + 1 + random.fork("length").below(tokens - least);
  let total = count(examples) + count(questionText(question)) + count(answer);
  for (const needle of found) total += exchangeTokens(needle, count);
  if (total > tokens)
    throw new ImpossibleError(
      `mrcr(needles=${needles}): tokens must be >= ${total} for this conversation; got ${tokens}`,
    );

  const distractors: ChatExchange[] = [];
  const drawing = random.fork("distractors");
  for (;;) {
    const next = write(drawDistractor(subject, drawing));
    const size = exchangeTokens(next, count);
    if (total + size > target && (total > least || total + size > tokens)) break;
    distractors.push(next);
    total += size;
  }
  return { examples, exchanges: interleave(found, distractors, random.fork("places")), question };
}

/** Puts the needles at places drawn without replacement, in their order, and distractors everywhere else. */
function interleave(
  needles: readonly ChatExchange[],
  distractors: readonly ChatExchange[],
  random: Random,
): ChatExchange[] {
  const count = needles.length + distractors.length;
  const places = new Set(
    random.shuffled(Array.from({ length: count }, (_, i) => i)).slice(0, needles.length),
  );
  const [left, others] = [needles.values(), distractors.values()];
  return Array.from({ length: count }, (_, i) => (places.has(i) ? left : others).next().value!);
}
