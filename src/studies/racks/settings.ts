import { parseSpec } from "../../attention/spec.ts";
import type { KvDtype } from "../../core/dtype.ts";
import type { Entry } from "../../core/entry.ts";
import { UsageError } from "../../core/errors.ts";
import { distinct, groupBy } from "../../core/group.ts";
import { splitList } from "../../core/list.ts";
import { divisionOf, divisionsOf, weightsOn } from "../../deployment/division.ts";
import type { Division, ModelOnSystem } from "../../deployment/division.ts";
import { modelOf, systemOf } from "../../files/machines.ts";
import { constantsFor } from "../../hardware/constants/choose.ts";
import { engineOf } from "../../hardware/constants/set.ts";
import type { Framework } from "../../hardware/constants/set.ts";
import type { EngineRuleName } from "../../hardware/engine-rules/all.ts";
import { measuredLike } from "../../hardware/kernels/dtypes.ts";
import { machineOf } from "../../hardware/kernels/machine.ts";
import type { KernelProfile } from "../../hardware/kernels/machine.ts";
import type { Routing } from "../../hardware/kernels/routing.ts";
import type { ServerLimits } from "../../hardware/memory.ts";
import { nativeOf } from "../../hardware/model.ts";
import { override } from "../../hardware/overrides.ts";
import { parseParallel } from "../../hardware/parallel.ts";
import { neededOf } from "../../hardware/system.ts";
import type { System } from "../../hardware/system.ts";
import { usualWeights } from "../../hardware/weights/choice.ts";
import type { WeightFormat } from "../../hardware/weights/formats.ts";
import { beyondOf, isBeyond, unsuited } from "./unsuited.ts";
import { localSystem } from "../this-machine/system.ts";

/** Models on racks, by their names. */
export interface RackQuestion {
  /** names, files of systems, or `local`: this machine, measured */
  readonly system: readonly string[];
  /** names, or files of models */
  readonly model: readonly string[];
  /** attention variant specs (default: each model's own) */
  readonly variant?: readonly string[] | undefined;
  readonly kvDtype: readonly KvDtype[];
  /** formats of the weights; default: as shipped in 4 bits, or the smallest that the system's GPUs multiply */
  readonly weights?: string | undefined;
  /** default: that of the other weights */
  readonly attentionWeights?: WeightFormat | undefined;
  /** quantities that replace the systems' own: `gpu.fp8=4.5PFLOP/s` */
  readonly set: readonly string[];
  /** a quantity of the systems at several values: `gpu.nvlink=50%,100%,200%` */
  readonly sweep?: string | undefined;
  /** tokens of each user */
  readonly context: readonly number[];
  /** default: the fitted kernels */
  readonly profile?: KernelProfile | undefined;
  /** serving engine whose kernels run (default: the usual one) */
  readonly framework?: Framework | undefined;
  /** default: all of the system */
  readonly gpus?: number | undefined;
  readonly overlapLinks?: boolean | undefined;
  /** how tokens fall on experts; default: the usual power law */
  readonly routing?: Routing | undefined;
  /**
   * Pairings of a model with a context that it was not made for, or a variant without effect; default: taken like any other.
   * `shortened`: left out, but where every context is too long the models' longest stand in.
   */
  readonly unsuited?: "refused" | "left out" | "shortened" | undefined;
  /** true: contexts that a model was not made for are taken, whatever `unsuited` says */
  readonly beyond?: boolean | undefined;
  /** limits that memory is set aside for; default: `usualLimits` */
  readonly limits?: ServerLimits | undefined;
  /** rule by which an engine sets memory aside for caches; default: tokens in pages of 32 */
  readonly engineRule?: EngineRuleName | undefined;
}

/** Names of a setting, as in rows of results. */
export interface RackNames {
  readonly system: string;
  readonly model: string;
  readonly variant: string;
}

/** One model on one rack with one variant, one dtype and one length. */
export interface RackSetting extends ModelOnSystem {
  readonly weights: string;
  readonly names: RackNames;
  readonly tokens: number;
  /** value of the quantity that is swept; null where none is */
  readonly swept: string | null;
}

/** First columns of every row about a setting. */
export interface RackRow {
  readonly names: RackNames;
  readonly kvDtype: KvDtype;
  readonly tokens: number;
  /** most tokens that the model was made for; null where its makers do not say */
  readonly longest: number | null;
  readonly weights: string;
  /** value of the quantity that is swept; null where none is */
  readonly swept: string | null;
}

export const rowStart = ({ names, model, kvDtype, tokens, weights, swept }: RackSetting): RackRow => ({
  names,
  swept,
  kvDtype,
  tokens,
  longest: model.context?.value ?? null,
  weights,
});

/** First columns of every row about times. */
export interface TimedRow extends RackRow {
  /** engine and version whose kernels were measured; null for kernels at peak rates */
  readonly engine: string | null;
}

export const timedStart = (setting: RackSetting): TimedRow => ({
  ...rowStart(setting),
  engine: setting.profile === "ideal" ? null : engineOf(constantsFor(setting.system, setting.framework)),
});

/**
 * Every setting of a question, except pairings to leave out.
 *
 * @throws UsageError for an unknown name, a pairing to refuse, and where all are left out
 */
export function rackSettings(question: RackQuestion): RackSetting[] {
  const { unsuited: mode, beyond = false } = question;
  const settings = allSettings(question);
  if (mode === undefined) return settings;
  const judged = settings.map((setting) => ({ setting, reason: unsuited(setting, beyond) }));
  const suited = judged.filter(({ reason }) => reason === undefined);
  const reasons = distinct(judged.flatMap(({ reason }) => reason ?? []));
  if (suited.length > 0 && !(reasons.length > 0 && mode === "refused"))
    return suited.map(({ setting }) => setting);
  const shorter = mode === "shortened" ? atLongest(question, settings) : [];
  if (shorter.length === 0) throw new UsageError(reasons.join("; "));
  return shorter;
}

/** Settings at the longest context of each model, where those asked are too long for all. */
const atLongest = (question: RackQuestion, settings: readonly RackSetting[]): RackSetting[] =>
  settings.every(isBeyond)
    ? allSettings({
        ...question,
        context: distinct(settings.map(({ model }) => model.context!.value)),
      }).filter(
        (setting) =>
          setting.tokens === setting.model.context?.value && unsuited(setting, false) === undefined,
      )
    : [];

/** Pairings of a question that are left out, and contexts that the user insists on, in words for its assumptions. */
export function pairingLines(question: RackQuestion): string[] {
  const { unsuited: mode, beyond = false } = question;
  if (mode === undefined) return [];
  const settings = allSettings(question);
  const left = distinct(settings.flatMap((setting) => unsuited(setting, beyond) ?? []));
  const insisted = beyond ? distinct(settings.filter(isBeyond).map(beyondOf)) : [];
  return [
    ...left.map((reason) => `left out: ${reason}`),
    ...(insisted.length > 0 ? [`beyond, as --beyond insists: ${insisted.join("; ")}`] : []),
  ];
}

/** Every setting of a question, suited or not. @throws UsageError for an unknown name */
function allSettings(question: RackQuestion): RackSetting[] {
  const { attentionWeights, profile, framework, gpus, overlapLinks, routing, limits, engineRule } = question;
  const systems = question.system.map((name) =>
    override(name === "local" ? localSystem() : systemOf(name), question.set),
  );
  const models = question.model.map(modelOf);
  const swept = systems.flatMap((system) =>
    sweepOf(question.sweep).map(({ setting, value }) => ({
      system: setting === undefined ? system : override(system, [setting]),
      value,
    })),
  );
  for (const { name, gpus: own } of swept.map(({ system }) => system))
    if (gpus !== undefined && gpus > own.value)
      throw new UsageError(
        `gpus must be at most ${own.value}, those of ${name}; got ${gpus} (--parallel divides a model among more)`,
      );
  refuseNamesakes("system", question.system, systems);
  refuseNamesakes("model", question.model, models);
  return swept.flatMap(({ system, value }) =>
    models.flatMap((model) =>
      (question.variant ?? [nativeOf(model)]).flatMap((text) => {
        const spec = parseSpec(text);
        const { kvDtype: own } = spec;
        return (own === undefined ? question.kvDtype : [own]).flatMap((kvDtype) =>
          question.context.map((tokens) => ({
            system,
            model,
            spec,
            kvDtype,
            weights: question.weights ?? usualWeights(system, model),
            attentionWeights,
            profile,
            framework,
            gpus,
            overlapLinks,
            routing,
            limits,
            engineRule,
            names: { system: system.name, model: model.name, variant: spec.text },
            tokens,
            swept: value,
          })),
        );
      }),
    ),
  );
}

/** The settings of a sweep; one without a setting where nothing is swept. @throws UsageError for a sweep without values */
function sweepOf(
  text: string | undefined,
): readonly { readonly setting?: string; readonly value: string | null }[] {
  if (text === undefined) return [{ value: null }];
  const { path, values } = readSweep(text);
  return values.map((value) => ({ setting: `${path}=${value}`, value }));
}

/** Reads `gpu.nvlink=50%,100%,200%`. @throws UsageError for a text without values */
export function readSweep(text: string): { readonly path: string; readonly values: readonly string[] } {
  const [path = "", ...rest] = text.split("=");
  const values = splitList(rest.join("="));
  if (values.length === 0)
    throw new UsageError(`a sweep is PATH=VALUES, such as gpu.nvlink=50%,100%,200%; got "${text}"`);
  return { path: path.trim(), values };
}

/** Refuses two machines with one name, since their rows would look alike. @throws UsageError */
function refuseNamesakes(what: string, asked: readonly string[], found: readonly Entry[]): void {
  const named = found.map(({ name }, i) => ({ name, text: asked[i]! }));
  for (const [name, alike] of groupBy(named, (each) => each.name)) {
    const texts = distinct(alike.map(({ text }) => text));
    if (texts.length > 1)
      throw new UsageError(
        `${texts.join(" and ")} are both named "${name}"; give one ${what} a name of its own`,
      );
  }
}

/** The given division, as `tp=4,dp=2`; without it every division that a phase can use. */
export const divisionsFor = (
  setting: RackSetting,
  phase: "prefill" | "decode",
  parallel: string | undefined,
): readonly Division[] =>
  parallel === undefined
    ? divisionsOf(setting, phase)
    : [divisionOf(setting, parseParallel(parallel, setting.model, setting.routing))];

/** Refuses a model that cannot be divided among the GPUs. @throws UsageError always */
export function undivided({ names }: RackSetting): never {
  throw new UsageError(`${names.model} cannot be divided among the GPUs of ${names.system}; give --parallel`);
}

/** Notes on the kernels of the settings' machines. */
export const machineNotes = (settings: readonly RackSetting[]): readonly string[] => [
  ...new Set(
    settings.flatMap(
      ({ system, profile, framework }) => machineOf(system, profile, constantsFor(system, framework)).notes,
    ),
  ),
  ...new Set(settings.flatMap(unmeasuredProducts)),
];

/** Notes on products in precisions whose kernels were not measured. */
function unmeasuredProducts(setting: RackSetting): string[] {
  if (setting.profile === "ideal") return [];
  const products = Object.values(weightsOn(setting)).map(({ product }) => product);
  return [...new Set(products)].flatMap((product) =>
    measuredLike[product] === product
      ? []
      : [`products in ${product} at the efficiencies of ${measuredLike[product]}: none were fitted`],
  );
}

/** Dollars of a GPU-hour. @throws UsageError when neither the user nor the system states it */
export const gpuHourPrice = (system: System, given: number | undefined): number =>
  given ?? neededOf(system, "gpu.rental", "a price (or --price)").value;
