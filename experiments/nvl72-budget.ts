/**
 * How many users of 128K to 10M tokens fit a GB200 or GB300 rack, with each attention variant and dtype of K and V?
 *
 * The rack divides the model in the way that holds the most users, weights in nvfp4. Dimensions are those of DeepSeek-V3
 * (a latent of 576 numbers) and of Llama 3.1 405B (8 kv heads of 128).
 * Without --full: one rack, one model, 128K to 1M tokens.
 */
import { experiment, tables, userFindings } from "../src/experiments.ts";
import {
  catalog,
  linesFigure,
  memoryAssumptions,
  modelCost,
  numberColumn,
  parseSpec,
  textColumn,
  usersThatFit,
} from "../src/index.ts";

const lengths = [128, 256, 512, 1024, 2048, 4096, 10_240].map((thousands) => thousands * 1024);
const dtypes = ["bf16", "fp8", "nvfp4"] as const;
const variants = ["dense", "quest", "moba", "nsa", "dsa(indexHeads=64)", "csa", "hca", "sink-window"];

const weights = "nvfp4";

await experiment({
  name: "nvl72-budget",
  question: "How many users fit a GB200 or GB300 rack, at 128K to 10M tokens, per variant and dtype?",
  answer: tables({
    steps: (full) => settings(full).length,
    make({ full, onStep }) {
      const rows = settings(full).map(({ system, model, variant, kvDtype, tokens }) => {
        const spec = parseSpec(variant);
        const { keptBytes, indexKeptBytes, stateBytes } = modelCost(model, spec, tokens, kvDtype);
        const usersPerRack = usersThatFit({ system, model, spec, weights, kvDtype }, tokens);
        onStep();
        return {
          system: system.name,
          model: model.name,
          variant,
          kvDtype,
          tokens,
          keptBytes: keptBytes + stateBytes,
          indexKeptBytes,
          usersPerGpu: usersPerRack / system.gpus.value,
          usersPerRack,
        };
      });
      const figure = linesFigure(
        rows.filter(({ kvDtype }) => kvDtype === "fp8"),
        {
          title: "Users whose caches fit a rack, K and V in fp8",
          subtitle: "weights in nvfp4; a window keeps the same at any length",
          y: { field: "usersPerRack", title: "users a rack" },
          series: (row) => row.variant,
          panel: (row) => `${row.model}, ${row.system}`,
          missing: "no user fits",
        },
      );
      const dense = linesFigure(
        rows.filter(({ variant }) => variant === "dense"),
        {
          title: "Users whose caches fit a rack, dense attention",
          subtitle: "weights in nvfp4, by the dtype of K and V",
          y: { field: "usersPerRack", title: "users a rack" },
          series: (row) => `${row.system}, ${row.kvDtype}`,
          panel: (row) => row.model,
          missing: "no user fits",
        },
      );
      return {
        tables: [
          {
            name: "data",
            title: "one row a rack, model, variant, dtype and length",
            columns: [
              textColumn("system", "rack"),
              textColumn("model", "model whose layers attend with the variant"),
              textColumn("variant", "attention variant spec"),
              textColumn("kvDtype", "dtype of K and V"),
              numberColumn("tokens", "tokens of each user", "tokens"),
              numberColumn("keptBytes", "K, V and states of one user in HBM, all layers", "B"),
              numberColumn("indexKeptBytes", "index of one user", "B"),
              numberColumn("usersPerGpu", "users over the rack's GPUs"),
              numberColumn("usersPerRack", "users whose caches fit the division that holds the most"),
            ],
            rows,
            primaryKey: ["system", "model", "variant", "kvDtype", "tokens"],
          },
        ],
        figures: { users: figure, dtypes: dense },
        findings: userFindings(
          rows.filter(({ tokens, kvDtype }) => tokens === 2 ** 20 && kvDtype === "fp8"),
          "1M tokens in fp8",
        ),
        assumptions: [`weights in ${weights}`, ...memoryAssumptions],
      };
    },
  }),
});

function settings(full: boolean) {
  const systems = ["gb200-nvl72", "gb300-nvl72"]
    .slice(0, full ? 2 : 1)
    .map((name) => catalog.systems.get(name));
  const models = ["deepseek-v3", "llama-3.1-405b"]
    .slice(0, full ? 2 : 1)
    .map((name) => catalog.models.get(name));
  return systems.flatMap((system) =>
    models.flatMap((model) =>
      variants.flatMap((variant) =>
        // states and pooled records have dtypes of their own, which K and V's do not change
        dtypes.flatMap((kvDtype) =>
          lengths
            .slice(0, full ? undefined : 4)
            .map((tokens) => ({ system, model, variant, kvDtype, tokens })),
        ),
      ),
    ),
  );
}
