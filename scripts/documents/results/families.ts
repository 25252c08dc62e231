import { formatMean, formatPercent, formatShare } from "../../../src/core/units.ts";
import { bytesShare, cellsOf, scoreOf, scoreTablesOf, settingsOf, trialsOf } from "./data.ts";
import type { Score } from "./data.ts";
import type { ResultSection } from "./section.ts";

const name = "families";
const longest = () => trialsOf(name).filter(({ tokensNominal }) => tokensNominal > 1_000_000);

/** The mean of a variant over both tasks at 1M tokens. */
const at1M = (variant: string): Score => scoreOf(longest().filter((row) => row.variant === variant));

const selecting = ["dsa", "nsa", "infllm-v2", "msa"];
const losing = ["sink-window", "duo", "snapkv", "keydiff", "infini", "gated-deltanet", "kda", "log-linear"];
const plans = ["gemma-3", "kimi-linear"];

const most = (scores: readonly Score[]): number => Math.max(...scores.map((score) => score.mean));
const least = (scores: readonly Score[]): number => Math.min(...scores.map((score) => score.mean));

export function families(): ResultSection {
  const [kept, lost, dense] = [selecting.map(at1M), losing.map(at1M), at1M("dense")];
  const share = Math.max(...selecting.map((variant) => bytesShare(variant, 2 ** 20)));
  const search = cellsOf(name, "graphwalks-bfs");
  return {
    name,
    settings: settingsOf(trialsOf(name)),
    findings: [
      {
        text: `At 1M tokens DSA, NSA, InfLLM-v2 and MSA score at least ${formatShare(least(kept))} (intervals from ${formatShare(Math.min(...kept.map(({ low }) => low)))} to ${formatShare(Math.max(...kept.map(({ high }) => high)))}) while on their own models they read at most ${formatPercent(share)} of the bytes of dense attention, which scores ${formatMean(dense)} (mean of searches and requests, n = ${dense.n}: ${dense.n / 2} of each).`,
        holds: least(kept) > dense.high && share < 0.3,
      },
      {
        text: `Windows, eviction that does not see the question, recurrent states and linear memories score at most ${formatShare(most(lost))} there (${losing.length} variants, n = ${dense.n} each, intervals up to ${formatShare(Math.max(...lost.map(({ high }) => high)))}).`,
        holds: most(lost) < 0.1,
      },
      {
        text: `Plans with dense global layers (${plans.join(", ")}) score like dense attention: ${plans.map((plan) => formatMean(at1M(plan))).join(" and ")}.`,
        holds: plans.every((plan) => at1M(plan).mean === dense.mean),
      },
      {
        text: `CSA finds the edges of searches (${formatMean(search("csa", "1M"))}), HCA does not (${formatMean(search("hca", "1M"))}, n = ${search("hca", "1M").n}). Both rest on an assumption about gates that their source trains ([model.md](model.md#learned-parts)).`,
        holds: search("csa", "1M").low > search("hca", "1M").high,
      },
    ],
    tables: scoreTablesOf(name),
    figure: "families.png",
  };
}

