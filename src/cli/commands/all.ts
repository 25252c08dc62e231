import type { Command } from "@commander-js/extra-typings";

/** Gives a command its arguments, options and action. */
export type Define = (command: Command) => void;

/** A command of the command line: one file each, one line below. */
export interface CommandFile {
  readonly name: string;
  readonly summary: string;
  /** not for users: left out of the help */
  readonly hidden?: boolean;
  /** loaded when the command line names it, so that `attnsim --help` stays quick */
  readonly load: () => Promise<{ readonly define: Define }>;
}

export const commands: readonly CommandFile[] = [
  {
    name: "run",
    summary: "run variants on tasks at lengths; results as CSV and figures",
    load: () => import("./run.ts"),
  },
  {
    name: "plot",
    summary: "draw the figures of a results CSV",
    load: () => import("./plot.ts"),
  },
  {
    name: "published",
    summary: "what sources print, what the simulator makes of it, and the verdict",
    load: () => import("./published.ts"),
  },
  {
    name: "attend",
    summary: "run an attention variant on tensors of your own",
    load: () => import("./attend.ts"),
  },
  {
    name: "tasks",
    summary: "generate, score, export and inspect problems",
    load: () => import("./tasks.ts"),
  },
  {
    name: "hardware",
    summary: "memory and decode time of models on racks",
    load: () => import("./hardware.ts"),
  },
  {
    name: "economics",
    summary: "what a task costs with two models, and when the dearer one pays",
    load: () => import("./economics.ts"),
  },
  {
    name: "calibrate",
    summary: "fit the reader to a model's published scores",
    load: () => import("./calibrate.ts"),
  },
  {
    name: "explain",
    summary: "which single change of a fitted reader has another model's scores, and what it costs",
    load: () => import("./explain.ts"),
  },
  {
    name: "select",
    summary: "which model for a workload: cost, latency and the published scores that apply",
    load: () => import("./select.ts"),
  },
  {
    name: "article",
    summary: "the claims of the article, one by one: a report as HTML and Markdown",
    load: () => import("./article.ts"),
  },
  {
    name: "frontier",
    summary: "accuracy of variants against what they cost on a rack",
    load: () => import("./frontier.ts"),
  },
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
  {
    name: "engines",
    summary: "numeric engines: which are usable here, and why not",
    load: () => import("./engines.ts"),
  },
  {
    name: "bench",
    summary: "measure the engines' kernels, or the table that --engine auto chooses by",
    load: () => import("./bench.ts"),
  },
  {
    name: "completion",
    summary: "print a completion script for bash, zsh, fish or PowerShell",
    load: () => import("./completion.ts"),
  },
  {
    name: "complete",
    summary: "answer a shell's request for completions",
    hidden: true,
    load: () => import("./complete.ts"),
  },
];
