import { InvalidArgumentError } from "@commander-js/extra-typings";
import type { Command } from "@commander-js/extra-typings";
import { decimal, largest, smallest } from "../../core/decimal.ts";
import { unknownName } from "../../core/errors.ts";
import { parseLength } from "../../core/length.ts";
import { splitList } from "../../core/list.ts";
import { coresHere } from "../../engines/machine.ts";
import { readerParams, resolveReader } from "../../reader/params.ts";
import type { ReaderParams } from "../../reader/params.ts";

/** Reads a number of tokens: `131072`, `128K`, `1M` (1K is 1024). @throws UsageError for anything else */
export const tokenCount = (text: string): number => parseLength(text);

/** Reads an integer of at least `min`. */
export const integer =
  (min: number) =>
  (text: string): number => {
    const value = decimal(text);
    if (Number.isSafeInteger(value) && value >= min) return value;
    throw new InvalidArgumentError(`allowed: an integer >= ${min}`);
  };

/** Reads a number of threads or workers: at most one for each core of this machine. */
export function cores(text: string): number {
  const value = integer(1)(text);
  if (value <= coresHere()) return value;
  throw new InvalidArgumentError(`allowed: an integer from 1 to ${coresHere()}, the cores of this machine`);
}

/** Reads the number of a port. */
export function port(text: string): number {
  const value = integer(1)(text);
  if (value <= 65_535) return value;
  throw new InvalidArgumentError("allowed: an integer from 1 to 65535");
}

/** Reads a number greater than 0. */
export function positive(text: string): number {
  const value = decimal(text);
  if (value >= smallest && value <= largest) return value;
  throw new InvalidArgumentError(`allowed: a number > 0, from ${smallest} to ${largest}`);
}

/** Lists that options have gathered, as opposed to the defaults that they replace. */
const gathered = new WeakSet<readonly unknown[]>();

/**
 * Gathers the values of a list: with commas between them, except in parentheses, or of an option that is given again. They
 * take the place of the default.
 */
export const list =
  <T>(read: (text: string) => T) =>
  (text: string, before?: readonly T[]): T[] => {
    const items = splitList(text).map((item) => read(item));
    if (items.length === 0)
      throw new InvalidArgumentError("allowed: one value or more, with commas between them");
    const all = before !== undefined && gathered.has(before) ? [...before, ...items] : items;
    gathered.add(all);
    return all;
  };

/** Gathers texts. */
export const collect = list(String);

/** Reads one of the known names. @param kind of the names, for the message */
export const oneOf =
  <T extends string>(kind: string, known: readonly T[]) =>
  (text: string): T =>
    known.find((each) => each === text) ?? unknownName(kind, text, known);

/** Gathers the values of a repeated option, whose values hold commas. */
export const append = (text: string, before: readonly string[] = []): string[] => [...before, text];

/** An interface as a type, which commander's option types require. */
export type Fields<T> = { [Name in keyof T]: T[Name] };

const kebab = (name: string): string => name.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`);

/** Adds options for the reader's parameters. Their values are texts, which `resolveReader` reads. */
export function withReaderOptions<C extends Command>(command: C, except: readonly string[] = []): C {
  for (const [name, { doc, default: value }] of Object.entries(readerParams))
    if (!except.includes(name))
      command.option(`--${kebab(name)} <value>`, `reader: ${doc} (default: ${value})`);
  return command;
}

/** Reads the reader's parameters from options. @throws UsageError for a value out of range */
export function givenReader(
  options: Readonly<Record<string, unknown>>,
  except: readonly string[] = [],
): Partial<ReaderParams> {
  const names = Object.keys(readerParams).filter(
    (name) => options[name] !== undefined && !except.includes(name),
  );
  const settled = resolveReader(Object.fromEntries(names.map((name) => [name, options[name]])));
  return Object.fromEntries(names.map((name) => [name, settled[name as keyof ReaderParams]]));
}

/** Reads a number of tokens, 0 allowed. */
export const tokensOrNone = (text: string): number => (text.trim() === "0" ? 0 : tokenCount(text));

/** Reads a share. */
export function share(text: string): number {
  const value = decimal(text);
  if (value >= 0 && value <= 1) return value;
  throw new InvalidArgumentError("allowed: a number from 0 to 1");
}

/** Reads the names of two models with a comma between them. */
export function modelPair(text: string): string[] {
  const names = text.split(",").map((name) => name.trim());
  if (names.length === 2 && names.every((name) => name !== "")) return names;
  throw new InvalidArgumentError("allowed: two models with a comma between them, such as GPT-5.4,GPT-5.5");
}

/** Reads a number of at least 0. */
export function numberFromZero(text: string): number {
  const value = decimal(text);
  if (value === 0 || (value >= smallest && value <= largest)) return value;
  throw new InvalidArgumentError(`allowed: 0, or a number from ${smallest} to ${largest}`);
}

/** Gathers numbers of at least 0. */
export const numberList = list(numberFromZero);

/** Reads two numbers of at least 0 with a comma between them: one for each of two models. */
export function numberPair(text: string): number[] {
  const values = text.split(",").map(numberFromZero);
  if (values.length === 2) return values;
  throw new InvalidArgumentError("allowed: 2 numbers >= 0 with a comma between them");
}
