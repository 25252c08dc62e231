import type { Command } from "@commander-js/extra-typings";

/** Gives a command its arguments, options and action. */
export type Define = (command: Command) => void;

/** A command of the command line: one file each, one line below. */
export interface CommandFile {
  readonly name: string;
  readonly summary: string;
  /** loaded when the command line names it, so that `attnsim --help` stays quick */
  readonly load: () => Promise<{ readonly define: Define }>;
}

export const commands: readonly CommandFile[] = [
  {
    name: "list",
    summary: "list attention variants, tasks, systems, models and engines",
    load: () => import("./list.ts"),
  },
  {
    name: "describe",
    summary: "maths, parameters, sources and cost of an entry",
    load: () => import("./describe.ts"),
  },
];
