import type { z } from "zod";
import { UsageError } from "../core/errors.ts";

/** The first thing that is wrong with a value: `models.a.input: Invalid input: expected number, received string`. */
export function wrongIn({ issues }: z.ZodError): string {
  const { path, message } = issues[0]!;
  const place = path.join(".") || "the content";
  const missing = /^Invalid input: (expected .*), received undefined$/.exec(message);
  return `${place}: ${missing === null ? message : `it is missing; ${missing[1]!}`}`;
}

/** A value that a schema allows. @param where name of the file, for the message @throws UsageError for any other */
export function checked<T>(schema: z.ZodType<T>, value: unknown, where: string): T {
  const { success, data, error } = schema.safeParse(value);
  if (success) return data;
  throw new UsageError(`${where}: ${wrongIn(error)}`);
}
