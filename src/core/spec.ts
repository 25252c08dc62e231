import { UsageError } from "./errors.ts";

/** A name with its parameters: `dsa(k=2048)`. */
export interface Call {
  readonly name: string;
  /** values as written; `resolveParams` reads them */
  readonly args: Readonly<Record<string, string>>;
}

/** A spec as it is written: `dsa(k=2048)+fp8+ssmax`, `graphwalks(operation=bfs)`. */
export interface Expression extends Call {
  /** modifiers, each after a `+`, in the order written */
  readonly modifiers: readonly Call[];
  /** layer plan, of `layers(...)` */
  readonly layers?: readonly LayerGroup[];
}

/** A layer, or a group of layers, a number of times. */
export interface LayerGroup {
  readonly times: number;
  readonly of: Expression | readonly LayerGroup[];
}

/** Name of a spec whose parentheses hold a layer plan. */
export const planName = "layers";

const grammar = `name(param=value,...)+modifier+..., or ${planName}(3*name|name)+modifier+...`;
/** Groups of a layer plan that lie in each other at most. */
const mostDepth = 16;

const word = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/**
 * Reads `name(param=value,...)+modifier(param=value,...)+...`; parentheses and modifiers may be absent, blanks do not
 * matter. Names, parameters and modifiers are letters, digits, `.`, `_` and `-`. The parentheses of `layers` hold a
 * plan, which lists layers or groups of layers from the first to the last: `layers(6*(3*kda|mla)|2*kda|mla)`.
 *
 * @throws UsageError that says what is wrong, at which character, and what is allowed
 */
export function parseExpression(text: string): Expression {
  const parser = new Parser(text);
  const expression = parser.expression();
  parser.end();
  return expression;
}

class Parser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  expression(): Expression {
    const name = this.#word("name");
    const plan = name === planName && this.#taken("(") ? this.#plan() : undefined;
    const args = plan ? {} : this.#args();
    const modifiers: Call[] = [];
    while (this.#taken("+")) modifiers.push({ name: this.#word("modifier"), args: this.#args() });
    return { name, args, modifiers, ...(plan && { layers: plan }) };
  }

  end(): void {
    this.#skipBlanks();
    if (this.#at < this.#text.length)
      this.#refuse(`expected "+", found ${JSON.stringify(this.#text[this.#at])}`);
  }

  /** Reads a plan after `layers(`, or after the `(` of a group, up to its `)`. @param depth groups around it */
  #plan(depth = 0): LayerGroup[] {
    if (depth > mostDepth) this.#refuse(`groups lie in each other more than ${mostDepth} times`);
    const groups: LayerGroup[] = [];
    do {
      const digits = /^\s*(\d+)\s*\*/.exec(this.#text.slice(this.#at));
      const times = digits ? Number(digits[1]) : 1;
      if (times < 1) this.#refuse("a layer is repeated at least once");
      this.#at += digits?.[0].length ?? 0;
      groups.push({ times, of: this.#taken("(") ? this.#plan(depth + 1) : this.expression() });
    } while (this.#taken("|"));
    if (!this.#taken(")")) this.#refuse('")" is missing');
    return groups;
  }

  #args(): Record<string, string> {
    const args: Record<string, string> = {};
    if (!this.#taken("(")) return args;
    const close = this.#text.indexOf(")", this.#at);
    if (close < 0) this.#refuse('")" is missing', this.#text.length);
    if (this.#text.slice(this.#at, close).trim() !== "")
      for (const part of this.#text.slice(this.#at, close).split(",")) {
        const from = this.#at;
        const equals = part.indexOf("=");
        if (equals < 0) this.#refuse(`${JSON.stringify(part.trim())} is not param=value`);
        const param = this.#word("parameter", from + equals);
        const value = part.slice(equals + 1).trim();
        if (value === "") this.#refuse(`${param} has no value`, from + equals + 1);
        if (/[=()]/.test(value)) this.#refuse(`${JSON.stringify(value)} is no value`, from + equals + 1);
        if (Object.hasOwn(args, param)) this.#refuse(`${param} is given twice`, from);
        args[param] = value;
        this.#at = from + part.length + 1;
      }
    this.#at = close + 1;
    return args;
  }

  /** Reads a word up to `end`, by default the next character that has a meaning. */
  #word(what: string, end?: number): string {
    const from = this.#at;
    const length = this.#text.slice(from).search(/[()+|*]/);
    const to = end ?? (length < 0 ? this.#text.length : from + length);
    const found = this.#text.slice(from, to).trim();
    if (found === "") this.#refuse(`${what} is missing`, from);
    if (!word.test(found)) this.#refuse(`${JSON.stringify(found)} is no ${what}`, from);
    this.#at = to;
    return found;
  }

  /** Steps over a character if it is the next. */
  #taken(character: string): boolean {
    this.#skipBlanks();
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #skipBlanks(): void {
    while (/\s/.test(this.#text[this.#at] ?? "")) this.#at++;
  }

  #refuse(reason: string, at = this.#at): never {
    throw new UsageError(
      `malformed spec ${JSON.stringify(this.#text)}: ${reason} at character ${at + 1}; allowed: ${grammar}`,
    );
  }
}

/** Text of a spec, which `parseExpression` reads: `dsa(k=2048)+fp8`. @param modifiers as written */
export function formatCall(
  name: string,
  args: Readonly<Record<string, number | boolean | string>> = {},
  modifiers: readonly string[] = [],
): string {
  const list = Object.entries(args).map(([param, value]) => `${param}=${value}`);
  return [list.length === 0 ? name : `${name}(${list.join(",")})`, ...modifiers].join("+");
}
