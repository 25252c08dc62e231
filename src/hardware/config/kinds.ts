import { shownValue } from "../../core/json.ts";
import { lookup } from "../../core/lookup.ts";
import type { Keys } from "./keys.ts";

/** Words by which files call layers that attend to all tokens, of which an index may choose some. */
export const attending = [
  "full_attention",
  "attention",
  "full",
  "global",
  "global_attention",
  "indexed_attention",
  "deepseek_sparse_attention",
  "qwen_sparse_attention",
] as const;

/**
 * Kind of each layer by the word that a list of the file has for it.
 *
 * @param words of each kind
 * @throws UsageError naming the first word that is none of them
 */
export function kindsOf<Kind extends string>(
  keys: Keys,
  key: string,
  { layers, words }: { readonly layers: number; readonly words: Readonly<Record<Kind, readonly string[]>> },
): Kind[] {
  const known = lookup<Kind>(
    Object.fromEntries(
      (Object.entries(words) as [Kind, readonly string[]][]).flatMap(([kind, named]) =>
        named.map((word): [string, Kind] => [word, kind]),
      ),
    ),
  );
  return keys.texts(key, layers).map((word) => {
    const kind = known[word];
    if (kind === undefined)
      throw keys.wrong(key, `made of ${Object.keys(known).join(", ")}; ${shownValue(word)} is not read here`);
    return kind;
  });
}
