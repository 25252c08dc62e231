import type { AttentionSpec } from "../attention/spec.ts";
import type { KvDtype } from "../core/dtype.ts";
import { machineOf } from "../hardware/kernels/machine.ts";
import type { Machine, KernelProfile } from "../hardware/kernels/machine.ts";
import type { Model } from "../hardware/model.ts";
import { plansFor } from "../hardware/parallel.ts";
import type { Parallelism } from "../hardware/parallelism.ts";
import type { WeightDtype } from "../hardware/kernels/dtypes.ts";
import type { Weights } from "../hardware/pass/deployment.ts";
import type { System } from "../hardware/system.ts";

/** A model whose layers attend with a variant, divided among GPUs of a system. */
export interface Division {
  readonly machine: Machine;
  readonly model: Model;
  /** of the model's attention layers */
  readonly spec: AttentionSpec;
  /** of K and V, unless the spec names a dtype */
  readonly kvDtype: KvDtype;
  readonly weights: Weights;
  readonly parallel: Parallelism;
  /** true: exchanges between GPUs hide behind the work of the other half of the batch */
  readonly overlapLinks: boolean;
}

/** A model whose layers attend with a variant, on a system that may divide it in any way. */
export interface ModelOnSystem {
  readonly system: System;
  readonly model: Model;
  readonly spec: AttentionSpec;
  /** of K and V, unless the spec names a dtype */
  readonly kvDtype: KvDtype;
  readonly weights: WeightDtype;
  /** dtype of attention's weights; default: `weights` */
  readonly attentionWeights?: WeightDtype | undefined;
  /** times of kernels; default: the fitted ones */
  readonly profile?: KernelProfile | undefined;
  /** GPUs to divide the model among; default: all of the system */
  readonly gpus?: number | undefined;
  /** default: false */
  readonly overlapLinks?: boolean | undefined;
}

/** The dtype that K and V are stored as. */
export const kvDtypeOf = ({ spec, kvDtype }: Pick<ModelOnSystem, "spec" | "kvDtype">): KvDtype =>
  spec.kvDtype ?? kvDtype;

const machines = new WeakMap<System, Map<KernelProfile | undefined, Machine>>();

/** All divisions share one machine, since its kernels look up their constants once. */
function sharedMachine(system: System, profile: KernelProfile | undefined): Machine {
  const known = machines.get(system) ?? new Map<KernelProfile | undefined, Machine>();
  machines.set(system, known);
  const machine = known.get(profile) ?? machineOf(system, profile);
  known.set(profile, machine);
  return machine;
}

/** One division of a model. */
export const divisionOf = (on: ModelOnSystem, parallel: Parallelism): Division => ({
  machine: sharedMachine(on.system, on.profile),
  model: on.model,
  spec: on.spec,
  kvDtype: on.kvDtype,
  weights: { attention: on.attentionWeights ?? on.weights, feedForward: on.weights },
  parallel,
  overlapLinks: on.overlapLinks ?? false,
});

/** Every division of a model that a phase can use, on at most the given GPUs. */
export const divisionsOf = (on: ModelOnSystem, phase: "prefill" | "decode"): Division[] =>
  plansFor(on.model, on.gpus ?? on.system.gpus.value, phase).map((parallel) => divisionOf(on, parallel));
