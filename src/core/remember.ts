/**
 * Makes a function keep its results, for arguments that are asked for again and again. When it holds `most` of them it
 * forgets all.
 *
 * @param keyOf text that tells one argument from another
 */
export function remember<A, T>(
  most: number,
  keyOf: (asked: A) => string,
  make: (asked: A) => T,
): (asked: A) => T {
  const known = new Map<string, T>();
  return (asked) => {
    const key = keyOf(asked);
    let found = known.get(key);
    if (found === undefined) {
      found = make(asked);
      if (known.size >= most) known.clear();
      known.set(key, found);
    }
    return found;
  };
}

/** Texts that one reader remembers. */
const rememberedTexts = 1024;

/** Makes a function of a text keep its results. An error is not kept. */
export const rememberText = <T>(read: (text: string) => T): ((text: string) => T) =>
  remember(rememberedTexts, (text: string) => text, read);
