import { shapings, variants } from "../../attention/registry.ts";
import { parseSpec } from "../../attention/spec.ts";
import type { AnyVariant } from "../../attention/variant.ts";
import { formatCall } from "../../core/spec.ts";
import { hasMeanField } from "../../trial/make-trial.ts";
import { resolveReader } from "../../reader/params.ts";
import type { GivenReader } from "../calibrate/scores.ts";
import type { FittedReader } from "./fitted.ts";

/** The fitted reader with one change, of its attention variant or of something else. */
export interface Candidate {
  /** the change: `dsa(k=512)`, `sharpness 1.44` */
  readonly name: string;
  readonly kind: "attention" | "logits" | "reader";
  /** variant or parameter that the change sets; summaries show the best setting of each group */
  readonly group: string;
  /** variant spec */
  readonly variant: string;
  /** reader parameters that differ from the defaults */
  readonly reader: GivenReader;
}

/** Multiples of a default budget that are tried beside those of sweeps. They lie between selection and dense attention. */
const wider = [4, 16, 64];

/** Specs of a variant: its defaults, and other budgets if it has a budget. */
function settingsOf({ name, budgetParam, params }: AnyVariant): string[] {
  const spec = budgetParam === undefined ? undefined : params[budgetParam];
  if (budgetParam === undefined || spec?.kind !== "int") return [name];
  const base = Number(spec.default);
  const values = new Set([...(spec.sweep ?? []).map(Number), ...wider.map((factor) => factor * base)]);
  const allowed = [...values].filter((value) => value !== base && value <= spec.max);
  return [name, ...allowed.sort((a, b) => a - b).map((value) => formatCall(name, { [budgetParam]: value }))];
}

const attentionCandidate = (spec: string, group: string, reader: GivenReader): Candidate => ({
  name: spec,
  kind: "attention",
  group,
  variant: spec,
  reader,
});

/** Every variant and layer plan with a mean field, at several budgets. Variants that change prefill alone are left out. */
export const attentionCandidates = (reader: GivenReader): Candidate[] =>
  [...variants]
    .filter(({ name, prefill }) => prefill !== "only" && hasMeanField(name))
    .flatMap((variant) => settingsOf(variant).map((spec) => attentionCandidate(spec, variant.name, reader)));

/** Variants that the user names. @throws UsageError for a malformed or unknown spec */
export const namedCandidates = (specs: readonly string[], reader: GivenReader): Candidate[] =>
  specs.map((spec) => attentionCandidate(spec, parseSpec(spec).variant.name, reader));

/** Changes of other things than attention: the shaping of logits, and each of the reader's own numbers. */
export function rivalCandidates(variant: string, reader: GivenReader): Candidate[] {
  const settled = resolveReader(reader);
  const shaped = parseSpec(variant).logitShaping !== undefined;
  const logits = [...shapings]
    .map(({ name }) => ({ name, spec: `${variant}+${name}` }))
    .filter(({ name, spec }) => name !== "none" && !shaped && hasMeanField(spec))
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
    // a half and a quarter of the variance of the keys' noise
    fidelity: [0.5, 0.25].map((share) => digits(Math.sqrt(1 - share * (1 - settled.fidelity ** 2)))),
    residualNoise: [0.75, 0.5].map((factor) => digits(factor * settled.residualNoise)),
    reads: [2, 4, 8],
  };
  return [
    ...logits,
    ...Object.entries(changes).flatMap(([param, values]) =>
      values.map((value): Candidate => ({
        name: `${param} ${value}`,
        kind: "reader",
        group: param,
        variant,
        reader: { ...reader, [param]: value },
      })),
    ),
  ];
}

/** The fitted reader, unchanged. */
export const baseCandidate = ({ variant, reader }: FittedReader): Candidate =>
  attentionCandidate(variant, variant, reader);

/** Changes of a fitted reader to try. @param specs variants to try (default: all) */
export function candidatesOf(
  { variant, reader }: Pick<FittedReader, "variant" | "reader">,
  { specs, rivals }: { readonly specs?: readonly string[] | undefined; readonly rivals: boolean },
): Candidate[] {
  const attention = specs === undefined ? attentionCandidates(reader) : namedCandidates(specs, reader);
  return [
    ...attention.filter((candidate) => candidate.variant !== variant),
    ...(rivals ? rivalCandidates(variant, reader) : []),
  ];
}
