import type { Random } from "../../../core/random.ts";
import { sentences } from "./sentences.ts";
import type { SentenceKind } from "./sentences.ts";
import { words } from "./words.ts";

/** Number of words of a text, as its blanks divide it. */
export const wordCount = (text: string): number => text.split(/\s+/).filter((word) => word !== "").length;

/** Writes about one topic. Sentences do not come again before all of their kind have been used. */
export class Pen {
  readonly topic: string;
  readonly #random: Random;
  readonly #unused = new Map<SentenceKind, string[]>();

  constructor(topic: string, random: Random) {
    this.topic = topic;
    this.#random = random;
  }

  /** A word of a list of words.ts. */
  word(list: string): string {
    return this.#random.pick(words[list]!);
  }

  /** A sentence of a kind, its slots filled, no two of them alike. */
  say(kind: SentenceKind): string {
    const template = this.#unused.get(kind)?.pop() ?? this.#refill(kind);
    const used = new Set<string>();
    const fresh = (list: string): string => {
      const word = this.word(list);
      if (used.has(word)) return fresh(list);
      used.add(word);
      return word;
    };
    const text = template
      .replace(/\{(\w+)\}/g, (_, slot: string) => (slot === "topic" ? this.topic : fresh(slot)))
      .replace(/\b([Aa]) (?=[aeiou])/g, "$1n ");
    return text.charAt(0).toUpperCase() + text.slice(1);
  }

  #refill(kind: SentenceKind): string {
    const shuffled = this.#random.shuffled<string>(sentences[kind]);
    this.#unused.set(kind, shuffled);
    return shuffled.pop()!;
  }

  /** Sentences of a kind, one after another. */
  paragraph(count: number, kind: SentenceKind = "body"): string {
    return Array.from({ length: count }, () => this.say(kind)).join(" ");
  }

  /** A whole number in [from, to]. */
  between(from: number, to: number): number {
    return from + this.#random.below(to - from + 1);
  }

  /** Parts until they hold the given number of words. */
  fill(count: number, part: () => string): string[] {
    const parts: string[] = [];
    for (let have = 0; have < count;) {
      const next = part();
      parts.push(next);
      have += wordCount(next);
    }
    return parts;
  }
}
