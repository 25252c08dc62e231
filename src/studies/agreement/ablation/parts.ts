import { formatCall } from "../../../core/spec.ts";
import { parseGeometry } from "../../../reader/geometry/geometry.ts";
import { text } from "../../../reader/geometry/text.ts";
import { UsageError } from "../../../core/errors.ts";
import type { ParamSpecs } from "../../../core/params.ts";
import type { AgreementReader } from "../simulate.ts";

/** A part of the reader's geometry, and the reader without it. */
export interface ReaderPart {
  /** the parameter; `geometry` for all of them */
  readonly name: string;
  readonly doc: string;
  /** value in the reader, and the value that switches the part off */
  readonly on: number | boolean | string;
  readonly off: number | boolean | string;
  readonly without: AgreementReader;
}

/**
 * Values that switch a part off, where 0 does not. Heads are alike if each is as strong as the one before; a subject that
 * never fades is the largest number of tokens, by the rule below.
 */
const offValues: Readonly<Record<string, number>> = { headFall: 1 };

/** The value that switches a parameter off: 0, or the largest where 0 is not allowed; undefined for a choice. */
function offValue(name: string, spec: ParamSpecs[string]): number | boolean | undefined {
  if (spec.kind === "flag") return false;
  if (spec.kind !== "real" && spec.kind !== "int") return undefined;
  return offValues[name] ?? (spec.min <= 0 ? 0 : spec.max);
}

/**
 * Parts of a reader's geometry that are on, in the order of their declarations, and at the end all of them.
 *
 * @throws UsageError for a reader whose keys do not follow the text
 */
export function readerParts(reader: AgreementReader): ReaderPart[] {
  const { text: values, spec: given } = parseGeometry(String(reader.geometry ?? "none"));
  if (values === undefined)
    throw new UsageError(`an ablation needs a reader whose keys follow the text; got geometry ${given}`);
  const params: ParamSpecs = text.params;
  const single = Object.entries(params).flatMap(([name, spec]): ReaderPart[] => {
    const on = values[name as keyof typeof values];
    const off = offValue(name, spec);
    if (off === undefined || off === on) return [];
    const geometry = parseGeometry(formatCall("text", { ...values, [name]: off })).spec;
    return [{ name, doc: spec.doc, on, off, without: { ...reader, geometry } }];
  });
  const all: ReaderPart = {
    name: "geometry",
    doc: "all of these parts",
    on: given,
    off: "none",
    without: { ...reader, geometry: "none" },
  };
  return [...single, all];
}
