import { shapings, variants } from "../../attention/registry.ts";
import { parseSpec } from "../../attention/spec.ts";
import type { AnyVariant } from "../../attention/variant.ts";
import { formatCall } from "../../core/spec.ts";
import { resolveReader } from "../../reader/params.ts";
import type { Given } from "../calibrate/calibrate.ts";
import { useOf } from "../../trial/run.ts";
import { withoutTheory } from "../../reader/mean-field/readings.ts";

/** One change of a fitted reader: its attention variant, or something else. */
export interface Candidate {
  /** the change, as one says it: `dsa(k=512)`, `sharpness 1.44` */
  readonly name: string;
  readonly kind: "attention" | "logits" | "reader";
  /** the variants or changes of which one setting is this; the best of them stands for all */
  readonly group: string;
  /** variant spec */
  readonly variant: string;
  /** reader parameters that differ from the defaults */
  readonly reader: Given;
}

const hasTheory = (variant: string): boolean => withoutTheory(useOf({ variant, reader: {} })) === undefined;

/** Budgets beyond those that sweeps try, over the default: between selection and dense attention. */
const wider = [4, 16, 64];

/** A variant at its defaults, and at each setting of its budget that sweeps try, and wider ones. */
function settingsOf({ name, budgetParam, params }: AnyVariant): string[] {
  const spec = budgetParam === undefined ? undefined : params[budgetParam];
  if (budgetParam === undefined || spec?.kind !== "int") return [name];
  const base = Number(spec.default);
  const values = new Set([...(spec.sweep ?? []).map(Number), ...wider.map((factor) => factor * base)]);
  const allowed = [...values].filter((value) => value !== base && value <= spec.max);
  return [name, ...allowed.sort((a, b) => a - b).map((value) => formatCall(name, { [budgetParam]: value }))];
}

/** Every variant and plan that has a theory, its budgets too; not those that change prefill alone. */
export const attentionCandidates = (reader: Given): Candidate[] =>
  [...variants]
    .filter(({ name, prefill }) => prefill !== "only" && hasTheory(name))
    .flatMap((variant) =>
      settingsOf(variant).map((spec): Candidate => ({
        ...{ name: spec, kind: "attention", group: variant.name, variant: spec, reader },
      })),
    );

/** Specs of the user's own. @throws UsageError for one that is malformed or unknown */
export const chosenCandidates = (specs: readonly string[], reader: Given): Candidate[] =>
  specs.map((text) => {
    const { variant } = parseSpec(text);
    return { name: text, kind: "attention", group: variant.name, variant: text, reader };
  });

/** Changes of everything but attention: how logits are shaped, and each of the reader's own numbers. */
export function rivalCandidates(variant: string, reader: Given): Candidate[] {
  const settled = resolveReader(reader);
  const shaped = parseSpec(variant).logitShaping !== undefined;
  const logits = [...shapings]
    .map(({ name }) => ({ name, spec: `${variant}+${name}` }))
    .filter(({ name, spec }) => name !== "none" && !shaped && hasTheory(spec))
    .map(({ name, spec }): Candidate => ({
      name: spec,
      kind: "logits",
      group: `+${name}`,
      variant: spec,
      reader,
    }));
  const digits = (value: number): number => Number(value.toPrecision(4));
  const changes: Readonly<Record<string, readonly number[]>> = {
    sharpness: [1.05, 1.1, 1.2].map((factor) => digits(factor * settled.sharpness)),
    // shares of the keys' noise that are left
    fidelity: [0.5, 0.25].map((share) => digits(Math.sqrt(1 - share * (1 - settled.fidelity ** 2)))),
    residualNoise: [0.75, 0.5].map((factor) => digits(factor * settled.residualNoise)),
    reads: [2, 4, 8],
  };
  return [
    ...logits,
    ...Object.entries(changes).flatMap(([param, values]) =>
      values.map((value): Candidate => ({
        ...{ name: `${param} ${value}`, kind: "reader", group: param },
        ...{ variant, reader: { ...reader, [param]: value } },
      })),
    ),
  ];
}
