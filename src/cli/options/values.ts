import { InvalidArgumentError } from "@commander-js/extra-typings";
import type { Command } from "@commander-js/extra-typings";
import { unknownName } from "../../core/errors.ts";
import { parseLength } from "../../core/length.ts";
import { readerParams, resolveReader } from "../../reader/params.ts";
import type { ReaderParams } from "../../reader/params.ts";

/** Reads a number of tokens: `131072`, `128K`, `1M` (1K is 1024). @throws UsageError for anything else */
export const tokenCount = (text: string): number => parseLength(text);

/** Reads an integer of at least `min`. */
export const integer =
  (min: number) =>
  (text: string): number => {
    const value = Number(text);
    if (text.trim() !== "" && Number.isInteger(value) && value >= min) return value;
    throw new InvalidArgumentError(`allowed: an integer >= ${min}`);
  };

/** Reads a number greater than 0. */
export function positive(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError("allowed: a number > 0");
}

/** Splits a list at its commas, except commas in parentheses: `dense,dsa(k=64,index=32)`. */
const splitList = (text: string): string[] =>
  text
    .split(/,(?![^(]*\))/)
    .map((item) => item.trim())
    .filter((item) => item !== "");

/** Gathers the items of an option that takes commas and may be repeated. */
export const collect = (text: string, before: readonly string[] = []): string[] => [
  ...before,
  ...splitList(text),
];

/** Reads values with commas between them. */
export const list =
  <T>(read: (text: string) => T) =>
  (text: string): T[] =>
    text.split(",").map((part) => read(part.trim()));

/** Reads one of the known names. @param kind of the names, for the message */
export const oneOf =
  <T extends string>(kind: string, known: readonly T[]) =>
  (text: string): T =>
    known.find((each) => each === text) ?? unknownName(kind, text, known);

/** Gathers the values of a repeated option. */
export const append = (text: string, before: readonly string[] = []): string[] => [...before, text];

/** An interface as a type, which commander's option types require. */
export type Fields<T> = { [Name in keyof T]: T[Name] };

const kebab = (name: string): string => name.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`);

/** Adds options for the reader's parameters. Their values are texts, which `resolveReader` reads. */
export function withReaderOptions<C extends Command>(command: C): C {
  for (const [name, { doc, default: value }] of Object.entries(readerParams))
    command.option(`--${kebab(name)} <value>`, `reader: ${doc} (default: ${value})`);
  return command;
}

/** Reads the reader's parameters from options. @throws UsageError for a value out of range */
export function givenReader(options: Readonly<Record<string, unknown>>): Partial<ReaderParams> {
  const names = Object.keys(readerParams).filter((name) => options[name] !== undefined);
  const settled = resolveReader(Object.fromEntries(names.map((name) => [name, options[name]])));
  return Object.fromEntries(names.map((name) => [name, settled[name as keyof ReaderParams]]));
}

/** Reads a number of tokens, 0 allowed. */
export const tokensOrNone = (text: string): number => (text.trim() === "0" ? 0 : tokenCount(text));

/** Reads a share. */
export function share(text: string): number {
  const value = text.trim() === "" ? NaN : Number(text);
  if (value >= 0 && value <= 1) return value;
  throw new InvalidArgumentError("allowed: a number from 0 to 1");
}

/** Reads the names of two models with a comma between them. */
export function modelPair(text: string): string[] {
  const names = text.split(",").map((name) => name.trim());
  if (names.length === 2 && names.every((name) => name !== "")) return names;
  throw new InvalidArgumentError("allowed: two models with a comma between them, such as GPT-5.4,GPT-5.5");
}

/** Reads numbers of at least 0 with commas between them. @param count how many numbers; any number without it */
export function numberList(count?: number): (text: string) => number[] {
  return (text) => {
    const values = text.split(",").map((part) => (part.trim() === "" ? NaN : Number(part)));
    const allowed = values.every((value) => Number.isFinite(value) && value >= 0);
    if (allowed && (count ?? values.length) === values.length) return values;
    throw new InvalidArgumentError(`allowed: ${count ?? "some"} numbers >= 0 with commas between them`);
  };
}
