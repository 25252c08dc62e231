import type {
  ICruiseOptions,
  IFlattenedRuleSet,
  IForbiddenRuleType,
  IRegularForbiddenRuleType,
} from "dependency-cruiser";

/**
 * Who may import whom: each room, and what it may import beside itself. A room absent from a list is above, and a
 * lower room never imports a higher one. `types` are the rooms of which it may import types alone.
 */
const rooms: Readonly<Record<string, { values: string[]; types?: string[] }>> = {
  core: { values: [] },
  kernels: { values: ["core"] },
  measure: { values: ["core", "kernels"] },
  attention: { values: ["core", "kernels"] },
  tasks: { values: ["core"] },
  reader: { values: ["core", "kernels"], types: ["tasks", "attention"] },
  hardware: { values: ["core"] },
  simulate: { values: ["core", "kernels", "attention", "tasks", "reader", "hardware"] },
  experiment: { values: ["core", "kernels", "attention", "tasks", "reader", "hardware", "simulate"] },
};

const anyRoom = "^src/([^/]+)/";
const allRooms = [...Object.keys(rooms), "cli"];
const foldersOf = (names: string[]): string => `^src/(${names.join("|")})/`;

const roomRules = Object.entries(rooms).flatMap(([room, { values, types = [] }]) => {
  const forbidden = allRooms.filter((other) => other !== room && ![...values, ...types].includes(other));
  const rule = (kind: string, to: IRegularForbiddenRuleType["to"]): IForbiddenRuleType => ({
    name: `${room}-imports-${kind}`,
    comment: `${room} may import ${["itself", ...values, ...types.map((type) => `types of ${type}`)].join(", ")}`,
    severity: "error",
    from: { path: `^src/${room}/` },
    to,
  });
  return [
    rule("rooms", { path: foldersOf(forbidden) }),
    ...(types.length === 0
      ? []
      : [rule("types-alone", { path: foldersOf(types), dependencyTypesNot: ["type-only"] })]),
  ];
});

/** Rooms that run in a browser as they are. Of kernels, its loaders reach files and threads. */
const browserRooms = ["core", "attention", "tasks", "reader", "hardware", "simulate"];

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
      comment: "of the kernels, the reference engine and counting run anywhere",
      severity: "error",
      from: { path: "^src/kernels/(reference|counting|ops|matrix)" },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "catalog-is-for-the-outside",
      comment:
        "index, the command line, plugins, the catalog's readers outside src and tests import the catalog; rooms do not",
      severity: "error",
      from: { path: anyRoom, pathNot: "^src/(cli/|experiment/plugins)" },
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
  exclude: { path: "^src/kernels/wasm/assembly/" },
  tsPreCompilationDeps: true,
  enhancedResolveOptions: {
    exportsFields: ["exports"],
    conditionNames: ["import", "node", "default", "types"],
  },
};
