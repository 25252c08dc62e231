import type { ICruiseOptions, IFlattenedRuleSet, IForbiddenRuleType } from "dependency-cruiser";

/** Rooms from the lowest to the highest, and what each may import beside itself: a lower room never imports a higher one. */
const rooms: Readonly<Record<string, readonly string[]>> = {
  core: [],
  engines: ["core"],
  tasks: ["core"],
  hardware: ["core"],
  attention: ["core", "engines"],
  reader: ["core", "engines", "tasks", "attention"],
  deployment: ["core", "hardware", "attention"],
  trial: ["core", "engines", "tasks", "hardware", "attention", "reader", "deployment"],
  files: ["core", "tasks", "hardware", "trial"],
  figures: ["core", "trial", "files"],
  runs: ["core", "engines", "tasks", "attention", "reader", "deployment", "trial", "files", "figures"],
  studies: [
    ...["core", "engines", "tasks", "hardware", "attention", "reader", "deployment", "trial"],
    ...["files", "figures", "runs"],
  ],
};

const anyRoom = "^src/([^/]+)/";
const allRooms = [...Object.keys(rooms), "cli"];
const foldersOf = (names: readonly string[]): string => `^src/(${names.join("|")})/`;

const roomRules = Object.entries(rooms).map(([room, allowed]): IForbiddenRuleType => ({
  name: `${room}-imports-rooms`,
  comment: `${room} may import ${["itself", ...allowed].join(", ")}`,
  severity: "error",
  from: { path: `^src/${room}/` },
  to: { path: foldersOf(allRooms.filter((other) => other !== room && !allowed.includes(other))) },
}));

/** Rooms that run in a browser as they are. Of engines, their loaders reach files and threads. */
const browserRooms = ["core", "tasks", "hardware", "attention", "reader", "deployment", "trial", "figures"];

export const ruleSet: IFlattenedRuleSet = {
  forbidden: [
    ...roomRules,
    {
      name: "no-node-in-the-browser",
      comment: "these rooms import nothing of Node",
      severity: "error",
      from: { path: foldersOf(browserRooms) },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "reference-without-node",
      comment: "of the engines, reference and counting run anywhere",
      severity: "error",
      from: { path: "^src/engines/(reference|counting|ops|matrix)" },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "catalog-is-for-the-outside",
      comment:
        "index, the command line, plugins, the catalog's readers outside src and tests import the catalog; rooms do not",
      severity: "error",
      from: { path: anyRoom, pathNot: "^src/(cli/|runs/plugins)" },
      to: { path: "^src/(catalog|index)\\.ts$" },
    },
    {
      name: "experiments-use-the-public-api",
      comment: "an experiment reads like a program of a user",
      severity: "error",
      from: { path: "^experiments/" },
      to: { path: "^src/", pathNot: "^src/index\\.ts$" },
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
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
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
