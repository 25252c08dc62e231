import type { Command } from "@commander-js/extra-typings";

/** Gives a command its arguments, options and action: the default export of a command's file. */
export type DefineCommand = (command: Command) => void;

interface Named {
  readonly name: string;
  readonly summary: string;
  /** not for users: left out of the help */
  readonly hidden?: boolean;
}

/** A command with a file of its own. */
export interface CommandFile extends Named {
  /** loaded when the command line names it, so that `attnsim --help` stays quick */
  readonly load: () => Promise<{ readonly default: DefineCommand }>;
}

/** A command with commands below it, whose files lie in a folder of its name. */
export interface CommandGroup extends Named {
  readonly commands: readonly CommandFile[];
}

/** Every command, in the order of the help. To add one, write its file and add its line. */
export const commands: readonly (CommandFile | CommandGroup)[] = [
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
    commands: [
      {
        name: "generate",
        summary: "generate problems, as rows of the public dataset",
        load: () => import("./tasks/generate.ts"),
      },
      {
        name: "export",
        summary: "write chat messages for a real model, a problem a line: id, task, messages",
        load: () => import("./tasks/export.ts"),
      },
      {
        name: "score",
        summary: "score a model's responses to generated or exported problems",
        load: () => import("./tasks/score.ts"),
      },
      {
        name: "inspect",
        summary: "sizes, tokens, records and answers of problems; of one also its first lines",
        load: () => import("./tasks/inspect.ts"),
      },
    ],
  },
  {
    name: "hardware",
    summary: "memory and decode time of models on racks",
    commands: [
      {
        name: "memory",
        summary: "bytes kept per user, and users who fit a GPU and a rack",
        load: () => import("./hardware/memory.ts"),
      },
      {
        name: "prefill",
        summary: "time until a prompt is computed, and where it goes",
        load: () => import("./hardware/prefill.ts"),
      },
      {
        name: "decode",
        summary: "time of a decode step, and where it goes",
        load: () => import("./hardware/decode.ts"),
      },
      {
        name: "serve",
        summary: "time to tokens, tokens a second and prices of serving requests",
        load: () => import("./hardware/serve.ts"),
      },
      {
        name: "pareto",
        summary: "the plans that no other beats in a user's speed and a GPU's",
        load: () => import("./hardware/pareto.ts"),
      },
      {
        name: "local",
        summary: "this machine measured, and its kernels predicted against measured",
        load: () => import("./hardware/local.ts"),
      },
      {
        name: "show",
        summary: "every number of a system or model, with its source",
        load: () => import("./hardware/show.ts"),
      },
      {
        name: "validate",
        summary: "how far predicted times are from measured kernels",
        load: () => import("./hardware/validate.ts"),
      },
      {
        name: "fit",
        summary: "fit the constants of kernels to measured ones",
        load: () => import("./hardware/fit.ts"),
      },
    ],
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
