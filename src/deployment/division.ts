import type { AttentionSpec } from "../attention/spec.ts";
import type { KvDtype } from "../core/dtype.ts";
import { constantsFor } from "../hardware/constants/choose.ts";
import type { Framework } from "../hardware/constants/set.ts";
import type { EngineRuleName } from "../hardware/engine-rules/all.ts";
import { machineOf } from "../hardware/kernels/machine.ts";
import type { Machine, KernelProfile } from "../hardware/kernels/machine.ts";
import { usualRouting } from "../hardware/kernels/routing.ts";
import type { Routing } from "../hardware/kernels/routing.ts";
import type { Model } from "../hardware/model.ts";
import { usualLimits } from "../hardware/memory.ts";
import type { ServerLimits } from "../hardware/memory.ts";
import { plansFor } from "../hardware/parallel.ts";
import type { Parallelism } from "../hardware/parallelism.ts";
import type { System } from "../hardware/system.ts";
import { weightsOf } from "../hardware/weights/choice.ts";
import type { Weights } from "../hardware/weights/choice.ts";
import type { WeightFormat } from "../hardware/weights/formats.ts";

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
  /** limits that memory is set aside for; default: `usualLimits` */
  readonly limits?: ServerLimits | undefined;
  /** rule by which an engine sets memory aside for caches; default: tokens in pages of 32 */
  readonly engineRule?: EngineRuleName | undefined;
  /** true: exchanges between GPUs hide behind the work of the other half of the batch */
  readonly overlapLinks: boolean;
  /** how tokens fall on experts */
  readonly routing: Routing;
}

/** A model whose layers attend with a variant, on a system that may divide it in any way. */
export interface ModelOnSystem {
  readonly system: System;
  readonly model: Model;
  readonly spec: AttentionSpec;
  /** of K and V, unless the spec names a dtype */
  readonly kvDtype: KvDtype;
  /** formats of the weights, as `weightsOf` reads them: `nvfp4`, `as-shipped`, `experts=mxfp4,attention=bf16` */
  readonly weights: string;
  /** format of attention's weights; default: as `weights` says */
  readonly attentionWeights?: WeightFormat | undefined;
  /** limits that memory is set aside for; default: `usualLimits` */
  readonly limits?: ServerLimits | undefined;
  /** rule by which an engine sets memory aside for caches; default: tokens in pages of 32 */
  readonly engineRule?: EngineRuleName | undefined;
  /** times of kernels; default: the fitted ones */
  readonly profile?: KernelProfile | undefined;
  /** serving engine whose kernels run; default: the usual one */
  readonly framework?: Framework | undefined;
  /** GPUs to divide the model among; default: all of the system */
  readonly gpus?: number | undefined;
  /** default: false */
  readonly overlapLinks?: boolean | undefined;
  /** how tokens fall on experts; default: even under `ideal`, otherwise the usual power law */
  readonly routing?: Routing | undefined;
}

/** The dtype that K and V are stored as. */
export const kvDtypeOf = ({ spec, kvDtype }: Pick<ModelOnSystem, "spec" | "kvDtype">): KvDtype =>
  spec.kvDtype ?? kvDtype;

const machines = new WeakMap<System, Map<string, Machine>>();

/** All divisions share one machine, since its kernels look up their constants once. */
function sharedMachine({ system, profile, framework }: ModelOnSystem): Machine {
  const known = machines.get(system) ?? new Map<string, Machine>();
  machines.set(system, known);
  const key = `${profile ?? ""} ${framework ?? ""}`;
  const machine = known.get(key) ?? machineOf(system, profile, constantsFor(system, framework));
  known.set(key, machine);
  return machine;
}

/** Formats that the weights of a model are stored and multiplied in on a system. */
export const weightsOn = ({ model, system, weights, attentionWeights }: ModelOnSystem): Weights =>
  weightsOf(
    model,
    system,
    attentionWeights === undefined ? weights : `${weights},attention=${attentionWeights}`,
  );

/** One division of a model. */
export const divisionOf = (on: ModelOnSystem, parallel: Parallelism): Division => ({
  machine: sharedMachine(on),
  model: on.model,
  spec: on.spec,
  kvDtype: on.kvDtype,
  weights: weightsOn(on),
  parallel,
  limits: on.limits,
  engineRule: on.engineRule,
  overlapLinks: on.overlapLinks ?? false,
  routing: on.routing ?? (on.profile === "ideal" ? "even" : usualRouting),
});

/** The division with other limits. */
export const limitedTo = (division: Division, limits: Partial<ServerLimits>): Division => ({
  ...division,
  limits: { ...(division.limits ?? usualLimits), ...limits },
});

/** Every division of a model that a phase can use, on at most the given GPUs. */
export const divisionsOf = (on: ModelOnSystem, phase: "prefill" | "decode"): Division[] =>
  plansFor(on.model, on.gpus ?? on.system.gpus.value, phase, on.routing).map((parallel) =>
    divisionOf(on, parallel),
  );
