import { remember } from "../../core/remember.ts";
import type { Machine } from "../kernels/machine.ts";
import { times } from "../kernels/operator-time.ts";
import type { OperatorTime } from "../kernels/operator-time.ts";
import type { Part } from "../serving/replica.ts";
import type { Deployment, LayerWork } from "./deployment.ts";
import { layerAttention } from "./layer.ts";

/** Times that layers on a machine remember; a replay of requests has ever new passes, so that all are then forgotten. */
const most = 1024;

interface AskedAttention {
  readonly deployment: Deployment;
  readonly own: readonly Part[];
}

const known = new WeakMap<Machine, WeakMap<readonly LayerWork[], ReturnType<typeof timesOf>>>();

/** Makes the attention times of layers, which it remembers. */
const timesOf = (): ((asked: AskedAttention) => readonly OperatorTime[]) =>
  remember(most, keyOf, ({ deployment, own }) =>
    deployment.layers.map((work) => times(work.layers, layerAttention(deployment, work, own))),
  );

/**
 * Times of the attention of all layers of a pass on one GPU, by kind. They follow from the GPU's own part and the GPUs that
 * share its heads and caches: divisions that differ in experts and stages have the same ones.
 */
export function attentionTimes(deployment: Deployment, own: readonly Part[]): readonly OperatorTime[] {
  const { machine, layers } = deployment;
  const byLayers = known.get(machine) ?? new WeakMap<readonly LayerWork[], ReturnType<typeof timesOf>>();
  known.set(machine, byLayers);
  const ask = byLayers.get(layers) ?? timesOf();
  byLayers.set(layers, ask);
  return ask({ deployment, own });
}

/** Everything that times of attention depend on, beside machine and layers. */
function keyOf({ deployment: { model, kvDtype, weights, parallel }, own }: AskedAttention): string {
  const { tp, cp, kvp } = parallel;
  const parts = own.map(({ phase, sequences, newTokens, cachedTokens }) =>
    [phase, sequences, newTokens, cachedTokens].join(" "),
  );
  return `${model.hidden.value} ${kvDtype} ${weights.attention.product} ${tp} ${cp} ${kvp} ${parts.join(" ")}`;
}
