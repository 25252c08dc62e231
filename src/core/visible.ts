/**
 * A text whose control characters, those that turn the direction of writing, and those that XML forbids are written as
 * escapes: a terminal obeys them, and names in files hold what others put there. New lines and tabs stay.
 */
export const visible = (text: string): string =>
  text.replaceAll(/[\p{Cc}\p{Cs}\u202A-\u202E\u2066-\u2069\uFFFE\uFFFF]/gu, (character) =>
    character === "\n" || character === "\t"
      ? character
      : `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
