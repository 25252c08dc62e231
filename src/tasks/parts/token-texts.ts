import { o200k, tokenText } from "./encoding.ts";
import type { Message } from "../task.ts";

/** The o200k_base tokens of a prompt, in order. Special tokens are read as plain text. */
export const tokenIds = (messages: readonly Message[]): number[] =>
  messages.flatMap(({ content }) => o200k().encode(content, { disallowedSpecial: new Set<string>() }));

/** Texts of the tokens of a prompt, in order. A token that ends within a character has the mark "\ufffd". */
export const tokenTexts = (messages: readonly Message[]): string[] => tokenIds(messages).map(tokenText);
