/** Splits a list at its commas, except commas in parentheses: `dense,dsa(k=64,index=32)`. */
export const splitList = (text: string): string[] =>
  text
    .split(/,(?![^(]*\))/)
    .map((item) => item.trim())
    .filter((item) => item !== "");
