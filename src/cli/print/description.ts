import { capturedNames } from "../../attention/captured.ts";
import { departuresOf } from "../../attention/departures.ts";
import { capturedLabel } from "../../attention/own-index.ts";
import { prefillCost } from "../../attention/prefill-cost.ts";
import { placements } from "../../attention/registry.ts";
import { parseShaping, parseSpec, placedCost } from "../../attention/spec.ts";
import type { AnyVariant } from "../../attention/variant.ts";
import { entriesOf, kindsOf } from "../../catalog.ts";
import type { Kind } from "../../catalog.ts";
import type { StepShape } from "../../core/cost.ts";
import { kvDtypeBytes } from "../../core/dtype.ts";
import type { Entry } from "../../core/entry.ts";
import { unknownName } from "../../core/errors.ts";
import { parseExpression } from "../../core/spec.ts";
import { isDataFile, readMachine } from "../../files/machines.ts";
import { parseGeometry } from "../../reader/geometry/geometry.ts";
import { parseTask } from "../../tasks/spec.ts";
import { citation, costFacts, paramFacts, quantityFacts } from "./facts.ts";
import type { Facts } from "./facts.ts";
import { formatTable } from "./table.ts";
import { unreadLines } from "./unread.ts";

/** The facts of an entry beside its name, summary and sources. */
interface EntryFacts {
  /** short facts: `family dynamic` */
  readonly lines: Readonly<Record<string, string>>;
  readonly tables: readonly Facts[];
  /** departures from the sources; default: those of the entry */
  readonly differs?: readonly string[];
  /** the same facts for programs */
  readonly data: Readonly<Record<string, unknown>>;
}

/** An entry and its facts. */
export interface Description extends Required<EntryFacts> {
  readonly kind: Kind;
  readonly name: string;
  readonly entry: Entry;
}

/**
 * Describes the entries with a name or spec, or the machine of a file. A layer plan and its model may share a name.
 *
 * @param kind kind to describe (default: every kind that has the name)
 * @param shape shape of the layer, for the cost of a variant
 * @throws UsageError when no entry of that kind has the name
 */
export function describe(text: string, kind: Kind | undefined, shape: StepShape): Description[] {
  if (isDataFile(text)) return [describeFile(text, kind)];
  const { name, layers } = parseExpression(text);
  const named = layers ? (["variants"] as const) : kindsOf(name);
  const chosen = named.filter((each) => kind === undefined || each === kind);
  if (chosen.length === 0) unknownName(`kind of "${name}"`, kind!, named);
  return chosen.map((each) => {
    const entry = layers ? parseSpec(text).variant : entriesOf(each).get(name);
    const facts = {
      variants: () => describeVariant(text, shape),
      shapings: () => describeShaping(text),
      placements: () => describePlacement(name),
      geometries: () => describeGeometry(text),
      tasks: () => describeTask(text),
      systems: () => describeQuantities(entry),
      models: () => describeQuantities(entry),
    }[each]();
    return { kind: each, name, entry, differs: entry.differs ?? [], ...facts };
  });
}

/** Describes the system or model in a user's file. */
function describeFile(file: string, kind: Kind | undefined): Description {
  const entry = readMachine(file);
  const own = "gpu" in entry ? "systems" : "models";
  if (kind !== undefined && kind !== own) unknownName(`kind of "${file}"`, kind, [own]);
  return { kind: own, name: entry.name, entry, differs: entry.differs ?? [], ...describeQuantities(entry) };
}

/** Descriptions for programs: one object, or a list of several. */
export function describedData(all: readonly Description[]): object {
  const objects = all.map(({ kind, name, entry, data, differs }) => ({
    kind,
    name,
    summary: entry.summary,
    ...data,
    differs,
    sources: entry.sources,
  }));
  return objects.length === 1 ? objects[0]! : objects;
}

function describeVariant(text: string, given: StepShape): EntryFacts {
  const spec = parseSpec(text);
  const { variant, params, kvDtype, resolved } = spec;
  const shape = kvDtype === undefined ? given : { ...given, bytesPerElement: kvDtypeBytes[kvDtype] };
  const { tokens, queryHeads, kvHeads, headDim, bytesPerElement } = shape;
  const cost = placedCost(spec, shape);
  const prefill = prefillCost(variant, shape, params);
  return {
    lines: {
      spec: resolved,
      family: variant.family,
      formula: variant.formula,
      prefill: prefills[variant.prefill],
      ...(variant.notConvex !== undefined && { weights: variant.notConvex }),
      ...(variant.refuses &&
        Object.keys(variant.refuses).length > 0 && {
          refuses: Object.entries(variant.refuses)
            .map(([what, reason]) => `${what}: ${reason}`)
            .join("\n"),
        }),
      ...(variant.captured && {
        "own index": capturedNames
          .flatMap((name) => {
            const given = variant.captured?.[name];
            return given === undefined ? [] : [`--${capturedLabel(name)} ${given.sizes}: ${given.doc}`];
          })
          .join("\n"),
      }),
      "--budget":
        variant.budgetParam === undefined
          ? "finds no parameter that it could decide"
          : `of a run decides the parameter ${variant.budgetParam}`,
      shape: `${tokens} tokens, ${queryHeads} query heads, ${kvHeads} kv heads of ${headDim}, ${bytesPerElement} B an element`,
    },
    tables: [paramFacts(variant.params), costFacts(cost, prefill, variant.layers !== undefined)],
    differs: departuresOf(spec),
    data: {
      family: variant.family,
      formula: variant.formula,
      prefill: variant.prefill,
      budgetParam: variant.budgetParam,
      parameters: variant.params,
      spec: resolved,
      shape,
      cost,
      prefillCost: prefill,
    },
  };
}

const prefills: Readonly<Record<AnyVariant["prefill"], string>> = {
  dense: "dense: the context's own queries see every key",
  same: "the context's own queries go through it too",
  only: "the context's own queries alone go through it; decoding is dense",
};

function describeShaping(text: string): EntryFacts {
  const { shaping, params } = parseShaping(text);
  const { formula, notConvex } = shaping;
  return {
    lines: { formula, ...(notConvex !== undefined && { weights: notConvex }) },
    tables: [paramFacts(shaping.params)],
    data: { formula, parameters: shaping.params, values: params },
  };
}

function describePlacement(name: string): EntryFacts {
  const { params } = placements.get(name);
  return { lines: {}, tables: [paramFacts(params)], data: { parameters: params } };
}

function describeGeometry(text: string): EntryFacts {
  const { spec, entry } = parseGeometry(text);
  return { lines: { spec }, tables: [paramFacts(entry.params)], data: { parameters: entry.params, spec } };
}

function describeTask(text: string): EntryFacts {
  const { task, spec, params } = parseTask(text);
  return {
    lines: { spec, lengths: task.lengths.join(", ") },
    tables: [paramFacts(task.params)],
    data: { parameters: task.params, spec, values: params, lengths: task.lengths },
  };
}

function describeQuantities(entry: Entry): EntryFacts {
  return { lines: {}, tables: [quantityFacts(entry)], data: { ...entry } };
}

/** Departures from the sources, one a line; empty if there are none. */
export const formatDepartures = (differs: readonly string[]): string =>
  differs.length === 0
    ? ""
    : ["differs from its sources", ...differs.map((sentence) => `  ${sentence}`)].join("\n");

/** Name and summary, short facts, tables, sources. */
export function formatDescription({ entry, lines, tables, differs }: Description): string {
  const width = Math.max(0, ...Object.keys(lines).map((key) => key.length)) + 2;
  const indented = (text: string): string => text.replaceAll("\n", `\n${" ".repeat(width)}`);
  return [
    `${entry.name}: ${entry.summary}`,
    Object.entries(lines)
      .map(([key, text]) => `${key.padEnd(width)}${indented(text)}`)
      .join("\n"),
    ...tables.map(({ titles, rows }) => (rows.length === 0 ? "" : formatTable(titles, rows))),
    formatDepartures(differs),
    unreadLines([entry]).join("\n"),
    ["sources", ...entry.sources.map((source) => `  ${citation(source)}`)].join("\n"),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}
