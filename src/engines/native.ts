import { createRequire } from "node:module";

/** Whether an optional native package can be used here, and why not. */
export interface NativeStatus {
  readonly usable: boolean;
  /** version of the package */
  readonly version?: string;
  /** reason why it is not usable */
  readonly reason?: string;
}

/** Loads a package by name. */
export type Require = (name: string) => unknown;

/** Loads a package at run time, since an import of an absent package would not compile. The packages are CommonJS. */
export const requireHere: Require = createRequire(import.meta.url);

/** Status of a package. `load` loads it and returns its version. Never throws. */
export function statusOf(load: () => string): NativeStatus {
  try {
    return { usable: true, version: load() };
  } catch (error) {
    return { usable: false, reason: reasonOf(error) };
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const firstLine = error.message.split("\n", 1)[0]!.trim();
  if (/native addon|\.node\b|\.so\b/.test(firstLine)) return `native addon not built: ${firstLine}`;
  if ("code" in error && error.code === "MODULE_NOT_FOUND") return `not installed: ${firstLine}`;
  return firstLine;
}
