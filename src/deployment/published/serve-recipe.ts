import { prefillAlone, rateMatch } from "../../hardware/serving/serve.ts";
import { decodeSeconds, draftsAt, tokensPerStep } from "../../hardware/serving/replica.ts";
import { meanContext } from "../../hardware/serving/workload.ts";
import type { Workload } from "../../hardware/serving/workload.ts";
import { limitedTo } from "../division.ts";
import type { Division } from "../division.ts";
import { memoryOn } from "../memory.ts";
import { replicaOf } from "../replica.ts";
import type { Recipe } from "./recipe.ts";

/** Speed of a user, tokens/s, and rate of a GPU, tokens/s in and out over the GPUs of both kinds. */
export interface RecipePoint {
  readonly perUser: number;
  readonly totalPerGpu: number;
}

/**
 * Serves a workload as a recipe says. Requests that are prefilled and requests that decode are those in flight together
 * (Little's law); more requests decode until prefill has reached its rate, or the batch its limit or the memory its end.
 * Replicas of both kinds are as many as the recipe says, busy or not. Undefined where not one request decodes.
 */
export function serveRecipe(
  { prefill, decode }: { readonly prefill: Division; readonly decode: Division },
  recipe: Recipe,
  workload: Workload,
): RecipePoint | undefined {
  const { inputTokens, outputTokens, chunkTokens, drafts } = workload;
  const draftTokens = drafts.tokens;
  const prefills = replicaOf(limitedTo(prefill, { chunkTokens, draftTokens }));
  const limited = limitedTo(decode, { chunkTokens: 0, draftTokens });
  const decodes = replicaOf(limited);
  const { count } = recipe.decode;
  const { sequences, seconds, drain } = prefillAlone(prefills, workload);
  const prefillRate = (recipe.prefill.count * rateMatch.prefill * sequences) / seconds;
  const moved =
    prefills.kvBytes(inputTokens) / Math.min(prefills.transferBandwidth, decodes.transferBandwidth);
  const before = seconds + drain + moved;
  const tpot = (decoding: number): number =>
    decodeSeconds(decodes, decoding / count, meanContext(workload), drafts) /
    tokensPerStep(draftsAt(drafts, meanContext(workload)));
  const rate = (decoding: number): number => decoding / (outputTokens * tpot(decoding));
  const possible = (decoding: number): boolean =>
    rate(decoding) <= prefillRate && decoding + rate(decoding) * before <= recipe.inFlight;
  const { users } = memoryOn(limited, inputTokens + outputTokens);
  const slots = count * Math.min(users, rateMatch.decode * recipe.decode.mostSequences);
  let [most, tooMany] = [0, Math.floor(Math.min(recipe.inFlight, slots)) + 1];
  while (tooMany - most > 1) {
    const middle = Math.floor((most + tooMany) / 2);
    if (possible(middle)) most = middle;
    else tooMany = middle;
  }
  if (most === 0) return undefined;
  const gpus = recipe.prefill.count * prefills.gpus + count * decodes.gpus;
  return {
    perUser: 1 / tpot(most),
    totalPerGpu: (rate(most) * (inputTokens + outputTokens)) / gpus,
  };
}

/**
 * Rate of a GPU at a user's speed on the straight lines between points that no other point beats. Slower users than the
 * slowest point's get its rate; faster ones than the fastest point's get none: 0.
 */
export function rateAt(points: readonly RecipePoint[], perUser: number): number {
  const best = (from: number): number =>
    Math.max(0, ...points.filter((point) => point.perUser >= from).map(({ totalPerGpu }) => totalPerGpu));
  const front = points
    .filter((point) => point.totalPerGpu >= best(point.perUser))
    .sort((a, b) => a.perUser - b.perUser);
  const right = front.findIndex((point) => point.perUser >= perUser);
  if (right === -1) return 0;
  if (right === 0) return front[0]!.totalPerGpu;
  const [slow, fast] = [front[right - 1]!, front[right]!];
  const share = (perUser - slow.perUser) / (fast.perUser - slow.perUser);
  return slow.totalPerGpu + share * (fast.totalPerGpu - slow.totalPerGpu);
}
