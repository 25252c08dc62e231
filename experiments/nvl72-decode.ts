/**
 * How long does a user wait for a token on a GB200 or GB300 rack, from 4K to 1M tokens, with each attention variant?
 *
 * 64 users share the rack, which divides the model in the way that makes a step shortest. Kernels take what was measured;
 * `idealMs` is the lower bound with kernels at peak rates.
 * Without --full: one rack, one model, every other length.
 */
import { experiment, tables, tokenTimeFindings, wordsAssumption } from "../src/experiments.ts";
import {
  catalog,
  fits,
  formatParallel,
  gpusOf,
  linesFigure,
  machineOf,
  numberColumn,
  parseSpec,
  passAssumptions,
  stepOf,
  textColumn,
} from "../src/index.ts";

const users = 64;
const [weights, kvDtype] = ["nvfp4", "fp8"] as const;
const variants = ["dense", "quest", "moba", "nsa", "dsa(indexHeads=64)", "csa", "hca", "sink-window"];

await experiment({
  name: "nvl72-decode",
  question: "How long does a user wait for a token, from 4K to 1M tokens, with each attention variant?",
  answer: tables({
    steps: (full) => settings(full).length,
    make({ full, onStep }) {
      const rows = settings(full).map(({ system, model, variant, tokens }) => {
        const question = { system, model, spec: parseSpec(variant), weights, kvDtype, users, tokens };
        const { division, pass, tpotSeconds, lack } = stepOf(question);
        const ideal = stepOf({ ...question, profile: "ideal" });
        onStep();
        // what does not fit has no time
        const msOf = (seconds: number): number | null => (fits(lack) ? 1000 * seconds : null);
        return {
          system: system.name,
          model: model.name,
          variant,
          tokens,
          parallel: formatParallel(division.parallel),
          gpus: gpusOf(division.parallel),
          tpotMs: msOf(tpotSeconds),
          idealMs: msOf(ideal.tpotSeconds),
          attentionMs: msOf(pass.attentionSeconds),
          feedForwardMs: msOf(pass.feedForwardSeconds),
          linkMs: msOf(pass.linkSeconds),
          shortBytes: lack.hbm,
        };
      });
      return {
        tables: [
          {
            name: "data",
            title: "one row a rack, model, variant and length",
            columns: [
              textColumn("system", "rack"),
              textColumn("model", "model whose layers attend with the variant"),
              textColumn("variant", "attention variant spec"),
              numberColumn("tokens", "tokens in the cache of each user", "tokens"),
              textColumn("parallel", "division of the model on which the step is shortest"),
              numberColumn("gpus", "GPUs of that division"),
              numberColumn("tpotMs", "time of a token; empty where the caches do not fit", "ms"),
              numberColumn(
                "idealMs",
                "lower bound of tpotMs: kernels at peak rates, on the division that is then fastest",
                "ms",
              ),
              numberColumn("attentionMs", "of tpotMs, attention layers without exchanges", "ms"),
              numberColumn("feedForwardMs", "feed-forward layers without exchanges", "ms"),
              numberColumn("linkMs", "exchanges between GPUs", "ms"),
              numberColumn("shortBytes", "HBM that the caches lack", "B"),
            ],
            rows,
            primaryKey: ["system", "model", "variant", "tokens"],
          },
        ],
        figures: {
          tpot: linesFigure(rows, {
            title: `Time of a token of ${users} users who share a rack`,
            subtitle:
              "kernels as measured; the division of the model on which a step is shortest; K and V in fp8",
            y: { field: "tpotMs", title: "TPOT, ms" },
            missing: "the caches do not fit",
            series: (row) => row.variant,
            panel: (row) => `${row.model}, ${row.system}`,
          }),
        },
        findings: tokenTimeFindings(rows),
        assumptions: [
          wordsAssumption,
          `${users} users; weights in ${weights}; K and V in ${kvDtype}; nothing is drafted`,
          ...machineOf(catalog.systems.get("gb200-nvl72")).notes,
          ...passAssumptions,
        ],
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
  const lengths = Array.from({ length: full ? 9 : 5 }, (_, i) => 4096 * (full ? 2 : 4) ** i);
  return systems.flatMap((system) =>
    models.flatMap((model) =>
      variants.flatMap((variant) => lengths.map((tokens) => ({ system, model, variant, tokens }))),
    ),
  );
}
