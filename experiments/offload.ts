/**
 * What do users and tokens gain or lose where K and V lie in Grace's memory in place of HBM?
 *
 * A GB200 rack has 13 TB of HBM and 17 TB of LPDDR; a step fetches the rows that it reads over NVLink-C2C, at the
 * measured rate or the share of LPDDR's bandwidth that each GPU has. An index stays in HBM.
 * Without --full: 128K and 1M tokens alone.
 */
import { experiment, placementFindings, tables, wordsAssumption } from "../src/experiments.ts";
import {
  catalog,
  fits,
  formatParallel,
  linesFigure,
  machineOf,
  modelCost,
  numberColumn,
  parseSpec,
  passAssumptions,
  stepOf,
  textColumn,
  usersThatFit,
} from "../src/index.ts";

const system = catalog.systems.get("gb200-nvl72");
const model = catalog.models.get("deepseek-v3");
const users = 64;
const variants = ["dense", "quest", "dsa(indexHeads=64)", "nsa"];
const placements = ["", "+split(hot=.5)", "+grace"];
const [weights, kvDtype] = ["nvfp4", "fp8"] as const;

const settings = (full: boolean) => {
  const lengths = full ? [17, 18, 19, 20, 21, 22].map((power) => 2 ** power) : [2 ** 17, 2 ** 20];
  return variants.flatMap((variant) =>
    placements.flatMap((placement) => lengths.map((tokens) => ({ variant, placement, tokens }))),
  );
};

await experiment({
  name: "offload",
  question: "What do users and tokens gain or lose where K and V lie in Grace's memory in place of HBM?",
  answer: tables({
    steps: (full) => settings(full).length,
    make({ full, onStep }) {
      const rows = settings(full).map(({ variant, placement, tokens }) => {
        const spec = parseSpec(`${variant}${placement}`);
        const { keptBytes, indexKeptBytes, farKeptBytes, farReadBytes } = modelCost(
          model,
          spec,
          tokens,
          kvDtype,
        );
        const on = { system, model, spec, weights, kvDtype } as const;
        const { division, tpotSeconds, lack } = stepOf({ ...on, users, tokens });
        onStep();
        return {
          variant,
          placement: placement === "" ? "hbm" : placement.slice(1),
          tokens,
          hbmBytes: keptBytes - farKeptBytes + indexKeptBytes,
          farBytes: farKeptBytes,
          fetchedBytes: farReadBytes,
          usersPerRack: usersThatFit(on, tokens),
          parallel: formatParallel(division.parallel),
          tpotMs: fits(lack) ? 1000 * tpotSeconds : null,
        };
      });
      const lines = (field: "tpotMs" | "usersPerRack", title: string) =>
        linesFigure(rows, {
          title: `K and V in HBM, in Grace's memory, or half in each: ${title}`,
          subtitle: `${model.name} on ${system.name}, K and V in fp8, ${users} users when time is taken`,
          y: { field, title },
          series: (row) => row.placement,
          panel: (row) => row.variant,
          missing: "the caches do not fit",
        });
      return {
        tables: [
          {
            name: "data",
            title: "one row a variant, placement and length",
            columns: [
              textColumn("variant", "attention variant spec"),
              textColumn("placement", "where K and V lie"),
              numberColumn("tokens", "tokens of each user", "tokens"),
              numberColumn("hbmBytes", "of one user in HBM: K, V and index", "B"),
              numberColumn("farBytes", "of one user in Grace's memory", "B"),
              numberColumn("fetchedBytes", "that a step of one user fetches over NVLink-C2C", "B"),
              numberColumn("usersPerRack", "users who fit HBM and Grace's memory"),
              textColumn("parallel", "division of the model on which the step is shortest"),
              numberColumn("tpotMs", `time of a token of ${users} users; empty where they do not fit`, "ms"),
            ],
            rows,
            primaryKey: ["variant", "placement", "tokens"],
          },
        ],
        figures: { users: lines("usersPerRack", "users a rack"), tpot: lines("tpotMs", "TPOT, ms") },
        findings: placementFindings(
          rows.filter(({ tokens }) => tokens === 2 ** 20),
          "1M",
        ),
        assumptions: [
          wordsAssumption,
          "a fetch is not overlapped: which rows a layer reads is known when its queries are",
          `weights in ${weights}, K and V in ${kvDtype}`,
          ...machineOf(system).notes,
          ...passAssumptions,
        ],
      };
    },
  }),
});
