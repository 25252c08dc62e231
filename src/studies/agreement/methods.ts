import { formatCall } from "../../core/spec.ts";
import type { MeasuredScore } from "./measured.ts";

/** Tokens that a method keeps or reads of a prompt. */
interface Room {
  /** tokens, of a prompt of the row's length */
  readonly budget: number;
  /** the same as a share */
  readonly keep: number;
}

type Build = (room: Room, row: MeasuredScore) => Readonly<Record<string, number | string | boolean>>;

/** A method of the tables as a variant of the simulator. */
interface Method {
  readonly variant: string;
  /** parameters of the variant; absent: it takes no budget */
  readonly params?: Build;
}

const evicts = (variant: string, more: Readonly<Record<string, string | number>> = {}): Method => ({
  variant,
  params: ({ budget }, { queryAware }) => ({ budget, ...more, ...(queryAware && { queryAware }) }),
});

/**
 * Methods that the simulator has, by the names of the tables. H2O of kvpress is its ObservedAttention, whose score is a
 * mean over the queries that see a key and which has no recent half; Ada-KV's is kvpress's division, within which its
 * leaderboard runs Expected Attention. Finch always sees the question. NSA, InfLLM-V2 and MSA (trained, or trained
 * further) have the sizes of their papers.
 *
 * Loki and InfiniGen are those of ShadowKV's comparison (arXiv 2410.21465, section 5.1). Loki has 16 of a key's 128
 * numbers, as its author says (ByteDance-Seed/ShadowKV, issue 2). InfiniGen's columns there are not published; it has
 * those of its own scripts, and their alpha of 99 for a fixed budget.
 */
const methods: Readonly<Record<string, Method>> = {
  dense: { variant: "dense" },
  "sink-window": {
    variant: "sink-window",
    params: ({ budget }, { budget: text }) => windowOf(sinksOf(text), budget),
  },
  swa: { variant: "sink-window", params: ({ budget }) => windowOf(0, budget) },
  snapkv: evicts("snapkv"),
  adakv: evicts("adakv", { division: "guaranteed" }),
  pyramidkv: evicts("pyramidkv"),
  tova: evicts("tova"),
  h2o: evicts("h2o", { score: "mean", recent: 0 }),
  keydiff: evicts("keydiff"),
  expected: evicts("expected", { floor: 0.2, epsilon: 0.01 }),
  random: evicts("random"),
  knorm: evicts("knorm"),
  lagkv: evicts("lagkv"),
  chunkkv: evicts("chunkkv"),
  cur: evicts("cur"),
  qfilter: evicts("qfilter"),
  kvzip: evicts("kvzip"),
  "adakv-compactor": evicts("compactor"),
  finch: { variant: "finch", params: ({ budget }) => ({ budget }) },
  duo: { variant: "duo", params: ({ keep }, { budget }) => ({ full: nominalShare(budget) ?? keep }) },
  quest: { variant: "quest", params: ({ budget }, { budget: text }) => ({ page: pageOf(text), budget }) },
  shadowkv: {
    variant: "shadowkv",
    params: ({ budget }, { budget: text }) => ({ budget, ...outliersOf(text) }),
  },
  "duo-onthefly": {
    variant: "duo-on-the-fly",
    params: ({ keep }, { budget }) => ({ full: nominalShare(budget) ?? keep }),
  },
  loki: { variant: "loki", params: ({ budget }) => ({ rank: 16, k: budget }) },
  infinigen: { variant: "infinigen", params: ({ budget }) => ({ k: budget, alpha: 99 }) },
  tokenselect: {
    variant: "token-select",
    params: ({ budget }, { budget: text }) => selectedOf(text, budget),
  },
  "infllm-v2": { variant: "infllm-v2" },
  nsa: { variant: "nsa" },
  msa: { variant: "msa" },
  "msa-cpt": { variant: "msa" },
  "kv-quant-nvfp4": { variant: "dense+nvfp4" },
  "oracle-top-k": { variant: "oracle", params: ({ budget }) => ({ k: budget }) },
  magicpig: { variant: "magicpig", params: (_, { budget }) => tablesOf(budget) },
};

/** Share of the heads that DuoAttention leaves whole, by kvpress's nominal ratio; its share kept counts windows too. */
function nominalShare(text: string): number | undefined {
  const ratio = /compression_ratio (\d*\.?\d+)/.exec(text)?.[1];
  return ratio === undefined ? undefined : 1 - Number(ratio);
}

const windowOf = (sinks: number, budget: number): Record<string, number> => ({
  sinks,
  window: Math.max(1, budget - sinks),
});

/** First tokens that a window keeps: `128 sinks + 32640 window`; StreamingLLM's 4 where a table says nothing. */
const sinksOf = (text: string): number => Number(/(\d+) sinks/.exec(text)?.[1] ?? 4);

/** Outlier chunks of ShadowKV, where a row has others than its 48: `8 outlier chunks`. */
function outliersOf(text: string): Record<string, number> {
  const outliers = Number(/(\d+) outlier/.exec(text)?.[1] ?? 48);
  return outliers === 48 ? {} : { outliers };
}

/** Page of Quest: `page 32, 6%`; 16 where a table says nothing. */
const pageOf = (text: string): number => Number(/page (\d+)/.exec(text)?.[1] ?? 16);

/** Chosen and last tokens of TokenSelect: `4K+4K`; its 512 last ones where a table says nothing. */
function selectedOf(text: string, budget: number): Record<string, number> {
  const [, k, last, thousands] = /^(\d+)K\+(\d+)(K?)$/.exec(text) ?? [];
  if (k === undefined) return { k: budget };
  return { k: 1024 * Number(k), window: Number(last) * (thousands === "K" ? 1024 : 1) };
}

/** Hash tables of MagicPIG: `K=10,L=150`. */
function tablesOf(text: string): Record<string, number> {
  const [, bits, tables] = /K=(\d+), ?L=(\d+)/.exec(text) ?? [];
  return bits === undefined ? {} : { bits: Number(bits), tables: Number(tables) };
}

/** A variant spec, or the reason why there is none. */
export type SpecOrReason = { readonly variant: string } | { readonly reason: string };

/** The variant spec of a measured row. @param tokens of the prompts */
export function variantOf(row: MeasuredScore, tokens: number): SpecOrReason {
  if (row.phase === "prefill" && row.method !== "dense")
    return { reason: "sparse in prefill alone, which the reader takes as dense" };
  const method = Object.hasOwn(methods, row.method) ? methods[row.method] : undefined;
  if (method === undefined) return { reason: `no variant for the method ${row.method}` };
  if (method.params === undefined) return { variant: method.variant };
  const keep = row.keep ?? (row.budgetTokens === null ? null : row.budgetTokens / tokens);
  if (keep === null) return { reason: "no budget is stated" };
  const budget = Math.max(1, Math.round(row.budgetTokens ?? keep * tokens));
  return { variant: formatCall(method.variant, method.params({ budget, keep }, row)) };
}
