import { decimal } from "../core/decimal.ts";
import { didYouMean, UsageError } from "../core/errors.ts";
import { formatRouting, heldExperts, usualRouting } from "./kernels/routing.ts";
import type { Routing } from "./kernels/routing.ts";
import { attentionLayer } from "./layers/attention.ts";
import type { AttentionLayer } from "./layers/layer.ts";
import { attendingOf, expertsOf, layersOf } from "./model.ts";
import type { Model } from "./model.ts";
import { stageGpus } from "./parallelism.ts";
import type { Parallelism } from "./parallelism.ts";

const meanings: Readonly<Record<keyof Parallelism, string>> = {
  tp: "GPUs that share heads and columns",
  dp: "groups that attend for sequences of their own",
  cp: "GPUs that share a prompt (zigzag)",
  kvp: "GPUs that share each cache while decoding (Helix)",
  ep: "GPUs that share the experts of a layer; all GPUs of a stage by default",
  pp: "stages of layers",
};

const names = Object.keys(meanings) as (keyof Parallelism)[];

/** Names and meanings of a parallelism, for help texts. */
export const parallelHelp = meaningsOf(names);

/** Names and meanings of those parts of a division that its texts hold: `tp=4,ep=8`. */
export const partsHelp = (texts: readonly string[]): string =>
  meaningsOf(names.filter((name) => texts.some((text) => text.split(/[,=]/).includes(name))));

function meaningsOf(shown: readonly (keyof Parallelism)[]): string {
  return shown.map((name) => `${name} (${meanings[name]})`).join(", ");
}

/**
 * Reads `tp=4,dp=2`. The default of each name is 1, but `ep` of a model of experts is all GPUs of a stage by default.
 *
 * @param routing whose copies of experts the ranks share
 * @throws UsageError for an unknown name, a value that is not an integer >= 1, or a division that the model does not allow
 */
export function parseParallel(text: string, model: Model, routing: Routing = usualRouting): Parallelism {
  const given: Partial<Record<keyof Parallelism, number>> = {};
  for (const part of text.split(",")) {
    const [key = "", value = "", ...rest] = part.split("=").map((each) => each.trim());
    const name = names.find((known) => known === key);
    if (name === undefined)
      throw new UsageError(
        `parallelism has no "${key}" (in "${text}"); known: ${names.join(", ")}${didYouMean(key, names)}`,
      );
    const count = decimal(value);
    if (rest.length > 0 || !Number.isSafeInteger(count) || count < 1)
      throw new UsageError(`parallelism: ${name} must be an integer >= 1; got "${value}"`);
    if (given[name] !== undefined) throw new UsageError(`parallelism: ${name} is given twice (in "${text}")`);
    given[name] = count;
  }
  const { tp = 1, dp = 1, cp = 1, kvp = 1, pp = 1 } = given;
  const stage = tp * dp * cp * kvp;
  const isMixture = expertsOf(model).length > 0;
  const ep = given.ep ?? (isMixture ? stage : 1);
  const parallel = { tp, dp, cp, kvp, ep, pp };
  const wrong = wrongWith(parallel, model, routing);
  if (wrong !== undefined) throw new UsageError(`parallelism ${formatParallel(parallel)}: ${wrong}`);
  return parallel;
}

const upTo = (most: number): number[] => Array.from({ length: most }, (_, i) => i + 1);

/**
 * Whether GPUs can share the heads of every layer: each has as many query heads as the others, and whole kv heads. Where
 * there are fewer kv heads than GPUs, each GPU has a copy of one.
 */
function shareHeads(layers: readonly AttentionLayer[], tp: number): boolean {
  return layers.every(
    ({ queryHeads, kvHeads }) => queryHeads % tp === 0 && (kvHeads % tp === 0 || tp % kvHeads === 0),
  );
}

/** Whether ranks can share the slots that a routing gives the experts of every layer, as many on each. */
const shareExperts = (experts: readonly number[], ranks: number, routing: Routing): boolean =>
  experts.every((count) => heldExperts(count, ranks, routing) % ranks === 0);

/** Reason why the model cannot be divided like this; undefined if it can. */
function wrongWith(parallel: Parallelism, model: Model, routing: Routing): string | undefined {
  const { tp, ep, kvp, cp, pp } = parallel;
  const layers = attendingOf(model).map(attentionLayer);
  if (!shareHeads(layers, tp)) {
    const allowed = upTo(Math.min(...layers.map(({ queryHeads }) => queryHeads)));
    const listed = allowed.filter((each) => shareHeads(layers, each)).join(", ");
    return `tp must divide the heads of ${model.name}: allowed ${listed}; got ${tp}`;
  }
  if (kvp > 1 && cp > 1) return "kvp is for decoding and cp for prefill: one of them must be 1";
  const kvHeads = Math.min(...layers.map((layer) => layer.kvHeads));
  if (kvp > 1 && tp > kvHeads)
    return `with kvp, tp must be at most ${kvHeads}, the kv heads of ${model.name}; got ${tp}`;
  const experts = expertsOf(model);
  if (experts.length === 0 && ep > 1) return `${model.name} has no experts: ep must be 1; got ${ep}`;
  const stage = stageGpus(parallel);
  if (stage % ep !== 0) return `ep must divide the ${stage} GPUs of a stage; got ${ep}`;
  if (!shareExperts(experts, ep, routing)) {
    const allowed = upTo(2 * Math.max(...experts)).filter((ranks) => shareExperts(experts, ranks, routing));
    return (
      `ep, by default all GPUs of a stage, must divide the ${experts.join(" and ")} experts of a layer of ${model.name}, ` +
      `or them and their copies (--routing ${formatRouting(routing)}): allowed ${allowed.join(", ")}; got ${ep}`
    );
  }
  if (pp > layersOf(model)) return `pp must be at most ${layersOf(model)}, the layers; got ${pp}`;
  return undefined;
}

const powersOf2 = (most: number): number[] =>
  Array.from({ length: Math.floor(Math.log2(most)) + 1 }, (_, i) => 2 ** i);

/**
 * Ways to divide a model among at most `gpus` GPUs of one NVLink domain: powers of two of stages and of each kind that the
 * phase can use, the remaining GPUs of a stage as groups, and experts over all GPUs of a stage. Those of one stage come
 * first. Of several stages there is one group, or as many as the GPUs allow: a search stays short.
 *
 * @param routing whose copies of experts the ranks share
 */
export function plansFor(
  model: Model,
  gpus: number,
  phase: "prefill" | "decode",
  routing: Routing = usualRouting,
): Parallelism[] {
  const isMixture = expertsOf(model).length > 0;
  const plans = powersOf2(gpus).flatMap((pp) =>
    powersOf2(gpus / pp).flatMap((tp) =>
      powersOf2(gpus / pp / tp).flatMap((cache) => {
        const left = Math.floor(gpus / (pp * tp * cache));
        return [...new Set([...(pp === 1 ? powersOf2(left) : [1]), left])].map((dp): Parallelism => {
          const stage = tp * cache * dp;
          const [cp, kvp] = phase === "prefill" ? [cache, 1] : [1, cache];
          return { tp, dp, cp, kvp, ep: isMixture ? stage : 1, pp };
        });
      }),
    ),
  );
  return plans.filter((plan) => wrongWith(plan, model, routing) === undefined);
}

/** The parallelism as `parseParallel` reads it, without the names whose value is 1. */
export const formatParallel = (parallel: Parallelism): string =>
  names
    .filter((name) => parallel[name] > 1)
    .map((name) => `${name}=${parallel[name]}`)
    .join(",") || "tp=1";
