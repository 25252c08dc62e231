import { format } from "node:util";
import { vi } from "vitest";
import { main } from "../../src/cli/program.ts";

/** The output of a command line, and its exit code. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command line in this process. */
export async function attnsim(...words: string[]): Promise<Ran> {
  const printed = { out: "", err: "" };
  const writes = (to: "out" | "err", end: string) => (text: unknown) => {
    printed[to] += format(text) + end;
    return true;
  };
  const spies = [
    vi.spyOn(console, "log").mockImplementation(writes("out", "\n")),
    vi.spyOn(console, "error").mockImplementation(writes("err", "\n")),
    vi.spyOn(process.stdout, "write").mockImplementation(writes("out", "")),
    vi.spyOn(process.stderr, "write").mockImplementation(writes("err", "")),
  ];
  try {
    return { code: await main(words), ...printed };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

/** The JSON that a command line printed. */
export async function attnsimJson<T>(...words: string[]): Promise<T> {
  const { code, out, err } = await attnsim(...words, "--json");
  if (code !== 0) throw new Error(err);
  return JSON.parse(out) as T;
}
