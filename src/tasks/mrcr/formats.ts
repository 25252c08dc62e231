import type { Random } from "../../core/random.ts";
import { Pen } from "../parts/grammar/pen.ts";

/** Kind of text that a request can ask for. */
interface ReplyFormat {
  /** as requests name it */
  readonly name: string;
  /** Writes the whole text, its middle of about `words` words. */
  readonly write: (pen: Pen, words: number) => string;
}

const title = (text: string): string => text.replace(/(^|\s)\w/g, (letter) => letter.toUpperCase());

const paragraphs = (pen: Pen, words: number): string[] =>
  pen.fill(words, () => pen.paragraph(pen.between(2, 4)));

const stanza = (pen: Pen): string => Array.from({ length: 4 }, () => pen.say("verse")).join("  \n");

/** The nine formats of the public dataset, and product reviews, which are ours. */
export const formats: readonly ReplyFormat[] = [
  { name: "poem", write: (pen, words) => pen.fill(words, () => stanza(pen)).join("\n\n") },
  {
    name: "song",
    write(pen, words) {
      const chorus = stanza(pen);
      const verses = pen.fill((words - 40) / 2, () => stanza(pen));
      return verses
        .map((verse, i) => `**Verse ${i + 1}**  \n${verse}\n\n**Chorus**  \n${chorus}`)
        .join("\n\n");
    },
  },
  {
    name: "email",
    write: (pen, words) =>
      [
        `Subject: ${pen.say("subject")}`,
        `Dear ${pen.word("name")},`,
        pen.say("opening"),
        ...paragraphs(pen, words - 40),
        pen.say("closing"),
        `Best regards,\n\n${pen.word("name")}`,
      ].join("\n\n"),
  },
  {
    name: "short essay",
    write: (pen, words) =>
      [
        `**${title(pen.say("heading"))}**`,
        `${pen.say("opening")} ${pen.paragraph(2)}`,
        ...paragraphs(pen, words - 70),
        `${pen.say("conclusion")} ${pen.say("closing")}`,
      ].join("\n\n"),
  },
  {
    name: "social media post",
    write: (pen, words) =>
      [
        `${pen.word("emoji")} ${pen.say("opening")} ${pen.word("emoji")}`,
        ...pen.fill(words - 30, () => `${pen.say("body")} ${pen.word("emoji")}`),
        pen.say("closing"),
        `#${pen.word("tag")} #${title(pen.topic)} #${pen.word("tag")}${pen.between(2, 99)}`,
      ].join("\n\n"),
  },
  {
    name: "blog post",
    write: (pen, words) =>
      [
        `# ${title(pen.topic)}: ${pen.say("heading")}`,
        pen.say("opening"),
        ...pen.fill(words - 50, () => `## ${pen.say("heading")}\n\n${pen.paragraph(pen.between(3, 5))}`),
        pen.say("closing"),
      ].join("\n\n"),
  },
  {
    name: "diary entry",
    write: (pen, words) =>
      [
        "Dear Diary,",
        `${title(pen.word("weather"))} today. ${pen.say("opening")}`,
        ...paragraphs(pen, words - 50),
        `I feel ${pen.word("feeling")}, and a little ${pen.word("feeling")}. ${pen.say("closing")}`,
        `Until tomorrow,  \n${pen.word("name")}`,
      ].join("\n\n"),
  },
  {
    name: "short news article",
    write: (pen, words) =>
      [
        `**${title(pen.say("headline"))}**`,
        `${pen.word("city").toUpperCase()} - ${pen.say("opening")} ${pen.say("body")}`,
        ...pen.fill(words - 50, () => `${pen.say("quote")} ${pen.paragraph(pen.between(1, 3))}`),
        pen.say("closing"),
      ].join("\n\n"),
  },
  {
    name: "short scene in a play",
    write(pen, words) {
      const cast = [`${pen.word("name")} the elder`, `${pen.word("name")} the younger`].map((name) =>
        name.toUpperCase(),
      );
      let line = 0;
      return [
        `**Scene ${pen.between(1, 9)}: ${title(pen.say("heading"))}**`,
        `*${title(pen.word("place"))}. ${title(pen.word("weather"))}.*`,
        ...pen.fill(words - 20, () =>
          line++ % 4 === 3
            ? `*${pen.say("stage")}*`
            : `**${cast[line % 2]!}:** ${pen.say("speech")} ${pen.say("body")}`,
        ),
        `*${pen.word("name")} picks up ${pen.word("thing")}. Curtain.*`,
      ].join("\n\n");
    },
  },
  {
    name: "product review",
    write: (pen, words) =>
      [
        `**${pen.between(1, 5)} out of 5 stars: ${pen.say("heading")}**`,
        pen.say("opening"),
        ...paragraphs(pen, words - 60),
        `Pros: ${pen.word("adjective")}, ${pen.word("adjective")}. Cons: ${pen.word("adjective")} ${pen.word("noun")}.`,
        pen.say("closing"),
      ].join("\n\n"),
  },
];

/**
 * Writes a reply to `write a {format} about {topic}`, of about 150 to 350 words, by a grammar. It stands in for the
 * replies that a model wrote for the public dataset.
 */
export const writeReply = (format: ReplyFormat, topic: string, random: Random): string =>
  format.write(new Pen(topic, random), 170 + random.below(131));
