import { o200k } from "./encoding.ts";
import type { Message } from "../task.ts";

/** Texts of the o200k_base tokens of a prompt, in order. A token that ends within a character has the mark "\ufffd". */
export function tokenTexts(messages: readonly Message[]): string[] {
  const known = new Map<number, string>();
  return messages
    .flatMap(({ content }) => o200k().encode(content, { disallowedSpecial: new Set<string>() }))
    .map((id) => {
      const text = known.get(id) ?? o200k().decode([id]);
      known.set(id, text);
      return text;
    });
}
