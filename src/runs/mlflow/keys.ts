import { createHash } from "node:crypto";
import { limits } from "./limits.ts";

const hashOf = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 8);

/**
 * A key that MLflow takes: letters, digits, and / _ . - and single spaces. Parts become folders of the page. A key that
 * had to be cut ends in a hash of the whole, so that different parts have different keys.
 */
export function keyOf(...parts: readonly string[]): string {
  const key = parts
    .map((part) =>
      part
        .replace(/[(,]/g, " ")
        .replace(/[^\w.\- ]+/g, "-")
        .replace(/ +/g, " ")
        .replace(/^[ .-]+|[ .-]+$/g, ""),
    )
    .map((part) => (part === "" ? "-" : part))
    .join("/");
  return key.length <= limits.key ? key : `${key.slice(0, limits.key - 9)}-${hashOf(parts.join("/"))}`;
}

/** Names keys of many parts. Two lists of parts that give one key get a hash each after the first. */
export function keyNamer(): (...parts: readonly string[]) => string {
  const owners = new Map<string, string>();
  return (...parts) => {
    const [key, owner] = [keyOf(...parts), JSON.stringify(parts)];
    const first = owners.get(key) ?? owner;
    owners.set(key, first);
    return first === owner ? key : keyOf(...parts.slice(0, -1), `${parts.at(-1)!} ${hashOf(owner)}`);
  };
}

/** A text within a number of characters. A longer one ends in three dots. */
export const cutTo = (most: number, text: string): string =>
  text.length <= most ? text : `${text.slice(0, most - 3)}...`;
