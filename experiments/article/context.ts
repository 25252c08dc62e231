import { claimOf, defineChapter } from "../../src/experiments.ts";
import { catalog, formatBytes, modelCost, parseSpec, usersThatFit } from "../../src/index.ts";

const settings = [
  { model: "llama-3.1-405b", variant: "dense" },
  { model: "deepseek-v3", variant: "dense" },
  { model: "deepseek-v3.2", variant: "dsa(indexHeads=64)" },
];

/** The memory of a context window of a million tokens. */
export const context = defineChapter({
  name: "context",
  title: "A million tokens: the memory that they take",
  tell() {
    const tokens = 2 ** 20;
    const systems = ["gb200-nvl72", "gb300-nvl72"].map((name) => catalog.systems.get(name));
    const rows = settings.map(({ model: name, variant }) => {
      const model = catalog.models.get(name);
      const on = { model, spec: parseSpec(variant), kvDtype: "fp8", weights: "nvfp4" } as const;
      const { keptBytes, indexKeptBytes } = modelCost(model, on.spec, tokens, on.kvDtype);
      return {
        name,
        bytes: keptBytes + indexKeptBytes,
        users: systems.map((system) => usersThatFit({ system, ...on }, tokens)),
      };
    });
    const claim = claimOf("context-window");
    const holds = rows.every(({ users }) => users.every((count) => count > 0));
    return {
      findings: [
        {
          claim: claim.id,
          verdict: holds ? "plausible" : "contradicted",
          says: `A million tokens fit: one user's cache takes ${formatBytes(Math.min(...rows.map(({ bytes }) => bytes)))} to ${formatBytes(Math.max(...rows.map(({ bytes }) => bytes)))} at the dimensions of public models. A model that holds tokens need not find facts in them.`,
        },
      ],
      text: [
        "Both models take a million tokens. Their dimensions are not public. At the dimensions of public models a rack holds dozens to hundreds of users with full windows, with K and V in fp8 and weights in NVFP4.",
      ],
      tables: [
        {
          titles: ["dimensions of", "cache of one user", "users a GB200 rack", "users a GB300 rack"],
          rows: rows.map(({ name, bytes, users }) => [name, formatBytes(bytes), ...users]),
        },
      ],
    };
  },
});
