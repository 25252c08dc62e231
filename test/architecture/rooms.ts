import type { ICruiseOptions, IFlattenedRuleSet, IForbiddenRuleType } from "dependency-cruiser";

interface Room {
  /** one line for newcomers: CONTRIBUTING.md and README.md show it */
  readonly holds: string;
  /** rooms that it may import beside itself; default: every lower room */
  readonly imports?: readonly string[];
}

/** Rooms from the lowest to the highest: a lower room never imports a higher one. */
const declared: Readonly<Record<string, Room>> = {
  core: {
    holds: "tensors, random streams, parameters, entries, specs, units, costs, statistics",
    imports: [],
  },
  engines: {
    holds: "the primitives of attention (`Ops`) and the engines that compute them; `bench/` times them",
    imports: ["core"],
  },
  tasks: { holds: "one file or folder a task: its text, records, truth and score", imports: ["core"] },
  hardware: {
    holds: "racks and models, kinds of layers, times of GPU kernels, whole passes, serving, memory",
    imports: ["core"],
  },
  attention: {
    holds: "the contract of a variant, one file a variant in `variants/`, shapings, placements, mean fields",
    imports: ["core", "engines", "hardware"],
  },
  reader: {
    holds: "the constructed reader: codes, embedding into K and V, circuits, its mean field",
    imports: ["core", "engines", "tasks", "attention"],
  },
  deployment: {
    holds: "a variant and a model on a rack: cost, budgets, the fastest division among GPUs, prices",
    imports: ["core", "hardware", "attention"],
  },
  trial: {
    holds: "one problem and one variant: a row of results with its columns",
    imports: ["core", "engines", "tasks", "hardware", "attention", "reader", "deployment"],
  },
  files: {
    holds: "files of users as values: CSV, npy, safetensors, YAML, traces",
    imports: ["core", "tasks", "hardware", "trial"],
  },
  learned: {
    holds: "small transformers with chosen attention: their data, training, checkpoints and captures",
    imports: ["core", "engines", "tasks", "attention", "files"],
  },
  figures: { holds: "rows as Vega-Lite figures", imports: ["core", "trial"] },
  runs: {
    holds: "plans, the worker pool, the journal, resuming, results folders, plugins",
    imports: ["core", "engines", "tasks", "attention", "reader", "deployment", "trial", "files", "figures"],
  },
  studies: {
    holds: "one folder a question: from its computation to its tables and report",
  },
  cli: {
    holds: "one file a command: it parses, calls and prints",
  },
  web: {
    holds: "the explorer: a page that runs the library in the browser",
    imports: [
      "core",
      "engines",
      "tasks",
      "hardware",
      "attention",
      "reader",
      "deployment",
      "trial",
      "files",
      "figures",
      "runs",
      "studies",
    ],
  },
};

export const rooms = Object.entries(declared).map(([name, { holds, imports }], i, all) => ({
  name,
  holds,
  imports: imports ?? all.slice(0, i).map(([lower]) => lower),
}));

const anyRoom = "^src/([^/]+)/";
const allRooms = rooms.map(({ name }) => name);
const foldersOf = (names: readonly string[]): string => `^src/(${names.join("|")})/`;

const roomRules = rooms.map(({ name: room, imports }): IForbiddenRuleType => ({
  name: `${room}-imports-rooms`,
  comment: `${room} may import ${["itself", ...imports].join(", ")}`,
  severity: "error",
  from: { path: `^src/${room}/` },
  to: { path: foldersOf(allRooms.filter((other) => other !== room && !imports.includes(other))) },
}));

/** Rooms that run in a browser. */
const browserRooms = [
  "core",
  "engines",
  "tasks",
  "hardware",
  "attention",
  "reader",
  "deployment",
  "trial",
  "figures",
];

/** Files of the engines that need Node: native packages, threads, files. */
const nodeEngines =
  "^src/engines/((tfjs|ort|bench)/|wasm/(load|limits|protocol|threads|worker)\\.ts$|(native|machine|auto/saved-times)\\.ts$)";

export const ruleSet: IFlattenedRuleSet = {
  forbidden: [
    ...roomRules,
    {
      name: "attention-takes-types-of-hardware",
      comment: "a variant says on which layers its kernels were measured; it computes without hardware",
      severity: "error",
      from: { path: "^src/attention/" },
      to: { path: "^src/hardware/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "no-node-in-the-browser",
      comment: "these rooms import nothing of Node",
      severity: "error",
      from: { path: foldersOf(browserRooms), pathNot: nodeEngines },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "node-engines-are-loaded-late",
      comment:
        "a browser loads the engines' registry: engines that need Node are imported when they are asked for",
      severity: "error",
      from: { path: foldersOf(browserRooms), pathNot: nodeEngines },
      to: { path: nodeEngines, dependencyTypesNot: ["dynamic-import"] },
    },
    {
      name: "parts-know-no-variant",
      comment: "variants are built from parts",
      severity: "error",
      from: { path: "^src/attention/(parts|mean-field|shapings|placements)/" },
      to: { path: "^src/attention/variants/" },
    },
    {
      name: "catalog-is-for-the-outside",
      comment:
        "index, the command line, plugins, the catalog's readers outside src and tests import the catalog; rooms do not",
      severity: "error",
      from: { path: anyRoom, pathNot: "^src/(cli/|web/|runs/plugins)" },
      to: { path: "^src/(catalog|index)\\.ts$" },
    },
    {
      name: "experiments-use-the-public-api",
      comment: "an experiment reads like a program of a user",
      severity: "error",
      from: { path: "^experiments/" },
      to: { path: "^src/", pathNot: "^src/(index|experiments)\\.ts$" },
    },
    {
      name: "nothing-imports-programs",
      comment: "sources do not import experiments, benchmarks or tests",
      severity: "error",
      from: { path: "^src/" },
      to: { path: "^(experiments|bench|test|scripts)/" },
    },
    {
      name: "no-cycles",
      comment: "files that need each other are one file, or three",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "resolvable",
      comment: "an import of nothing",
      severity: "error",
      from: {},
      to: { couldNotResolve: true, pathNot: "^@tensorflow/tfjs-node$" },
    },
  ],
};

export const options: ICruiseOptions = {
  doNotFollow: { path: "node_modules" },
  exclude: { path: "^src/engines/wasm/assembly/" },
  tsPreCompilationDeps: true,
  enhancedResolveOptions: {
    exportsFields: ["exports"],
    conditionNames: ["import", "node", "default", "types"],
  },
};
