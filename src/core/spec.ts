import { UsageError } from "./errors.ts";

/** An entry with what it is set to, as one writes it: `dsa(k=2048)+fp8+ssmax`, `graphwalks(operation=bfs)`. */
interface Call {
  readonly name: string;
  /** values as written; `resolveParams` reads them */
  readonly args: Readonly<Record<string, string>>;
  /** what follows a `+`, in the order written */
  readonly modifiers: readonly string[];
}

const grammar = "name(param=value,...)+modifier+...";
const word = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/**
 * Reads `name(param=value,...)+modifier+...`; parentheses and modifiers may be absent, blanks do not matter.
 * Names, parameters and modifiers are letters, digits, `.`, `_` and `-`.
 *
 * @throws UsageError saying what is wrong, at which character, and what is allowed
 */
export function parseCall(text: string): Call {
  const refuse = (reason: string, at: number): never => {
    throw new UsageError(
      `malformed spec ${JSON.stringify(text)}: ${reason} at character ${at + 1}; allowed: ${grammar}`,
    );
  };
  const readWord = (what: string, from: number, to: number): string => {
    const found = text.slice(from, to).trim();
    if (found === "") return refuse(`${what} is missing`, from);
    return word.test(found) ? found : refuse(`${JSON.stringify(found)} is no ${what}`, from);
  };

  const open = text.indexOf("(");
  const firstPlus = text.indexOf("+");
  const hasArgs = open >= 0 && (firstPlus < 0 || open < firstPlus);
  const close = hasArgs ? text.indexOf(")", open) : -1;
  if (hasArgs && close < 0) refuse('")" is missing', text.length);

  const args: Record<string, string> = {};
  if (hasArgs && text.slice(open + 1, close).trim() !== "") {
    let from = open + 1;
    for (const part of text.slice(from, close).split(",")) {
      const equals = part.indexOf("=");
      if (equals < 0) refuse(`${JSON.stringify(part.trim())} is not param=value`, from);
      const param = readWord("parameter", from, from + equals);
      const value = part.slice(equals + 1).trim();
      if (value === "") refuse(`${param} has no value`, from + equals + 1);
      if (/[=()]/.test(value)) refuse(`${JSON.stringify(value)} is no value`, from + equals + 1);
      if (Object.hasOwn(args, param)) refuse(`${param} is given twice`, from);
      args[param] = value;
      from += part.length + 1;
    }
  }

  const nameEnd = hasArgs ? open : firstPlus < 0 ? text.length : firstPlus;
  const name = readWord("name", 0, nameEnd);
  const modifiers: string[] = [];
  let at = hasArgs ? close + 1 : nameEnd;
  while (at < text.length && text.slice(at).trim() !== "") {
    const gap = text.slice(at).search(/\S/);
    if (text[at + gap] !== "+") refuse(`expected "+", found ${JSON.stringify(text[at + gap])}`, at + gap);
    const start = at + gap + 1;
    const next = text.indexOf("+", start);
    const end = next < 0 ? text.length : next;
    modifiers.push(readWord("modifier", start, end));
    at = end;
  }
  return { name, args, modifiers };
}

/** The text that `parseCall` reads as this call: `dsa(k=2048)+fp8`. */
export function formatCall(
  name: string,
  args: Readonly<Record<string, number | boolean | string>> = {},
  modifiers: readonly string[] = [],
): string {
  const list = Object.entries(args).map(([param, value]) => `${param}=${value}`);
  return [list.length === 0 ? name : `${name}(${list.join(",")})`, ...modifiers].join("+");
}
