import { remember } from "../../core/remember.ts";
import type { Machine } from "../kernels/machine.ts";
import { times } from "../kernels/operator-time.ts";
import type { OperatorTime } from "../kernels/operator-time.ts";
import { formatRouting } from "../kernels/routing.ts";
import { feedForwardLayer } from "../layers/feed-forward.ts";
import type { FeedForwardRank, PassTokens } from "../layers/layer.ts";
import type { Model } from "../model.ts";
import type { Deployment } from "./deployment.ts";

/** A GPU of a deployment among those that share feed-forward layers. */
export function feedForwardRank({ machine, model, parallel, weights, routing }: Deployment): FeedForwardRank {
  const { dense, shared, experts, router } = weights;
  return {
    machine,
    hidden: model.hidden.value,
    weights: {
      dense: dense.product,
      shared: shared.product,
      experts: experts.product,
      router: router.product,
    },
    parallel,
    routing,
  };
}

/** Times that a model on a machine remembers; a replay of requests has ever new passes, so that all are then forgotten. */
const most = 4096;

/** Makes a model's times of feed-forward layers, which it remembers. */
const timesOf = (model: Model): ((asked: AskedTimes) => readonly OperatorTime[]) =>
  remember(most, keyOf, ({ rank, tokens }) =>
    model.feedForward.map((group) => times(group.layers.value, feedForwardLayer(group).time(rank, tokens))),
  );

interface AskedTimes {
  readonly rank: FeedForwardRank;
  readonly tokens: PassTokens;
}

const known = new WeakMap<Machine, WeakMap<Model, ReturnType<typeof timesOf>>>();

/**
 * Times of all feed-forward layers of a pass, by kind. They follow from the tokens of the pass alone: chunks of a prompt, and
 * variants of attention, have the same ones.
 */
export function feedForwardTimes(deployment: Deployment, tokens: PassTokens): readonly OperatorTime[] {
  const { machine, model } = deployment;
  const byModel = known.get(machine) ?? new WeakMap<Model, ReturnType<typeof timesOf>>();
  known.set(machine, byModel);
  const ask = byModel.get(model) ?? timesOf(model);
  byModel.set(model, ask);
  return ask({ rank: feedForwardRank(deployment), tokens });
}

/** Everything that times of feed-forward layers depend on, beside machine and model. */
function keyOf({ rank, tokens }: AskedTimes): string {
  const { weights, parallel, routing = "even" } = rank;
  const { tp, dp, cp, kvp, ep, pp } = parallel;
  const { dense, shared, experts, router } = weights;
  const { own, all, secondStream } = tokens;
  return `${own} ${all} ${secondStream} ${tp} ${dp} ${cp} ${kvp} ${ep} ${pp} ${dense} ${shared} ${experts} ${router} ${formatRouting(routing)}`;
}
