import { UsageError } from "../../core/errors.ts";

/** Options of `attnsim attend` that name tensors and variants. */
interface NamedTensors {
  readonly variant?: readonly string[] | undefined;
  readonly compare: boolean;
  readonly q?: string | undefined;
  readonly k?: string | undefined;
  readonly v?: string | undefined;
}

/** Options that belong to one layer of tensors, and those that belong to a capture. */
const ofTensors = ["q", "k", "v", "indexQ", "indexK", "indexV", "gates", "batch", "allowNonfinite"];
const ofCapture = ["queries", "csv", "figure"];

const flag = (name: string): string =>
  `--${name.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`)}`;

/**
 * The one variant and the three files of a layer's tensors.
 *
 * @throws UsageError if one is missing, for several variants, and for options that only a capture has
 */
export function oneLayer(options: NamedTensors): {
  readonly variant: string;
  readonly paths: Readonly<Record<"q" | "k" | "v", string>>;
} {
  const { variant = [], q, k, v } = options;
  const missing = Object.entries({ variant: variant[0], q, k, v }).filter(([, value]) => value === undefined);
  if (missing.length > 0 || q === undefined || k === undefined || v === undefined)
    throw new UsageError(
      `attend needs --variant, --q, --k and --v, or --capture; missing: ${missing.map(([name]) => flag(name)).join(", ")}`,
    );
  if (variant.length > 1)
    throw new UsageError(`--variant is one variant without --capture; got ${variant.join(", ")}`);
  refuseGiven(options, ofCapture, "needs --capture");
  return { variant: variant[0]!, paths: { q, k, v } };
}

/** @throws UsageError for options that a capture does not have */
export const refuseOfTensors = (options: NamedTensors): void => {
  refuseGiven(options, ofTensors, "cannot stand beside --capture");
  if (!options.compare) throw new UsageError("--no-compare cannot stand beside --capture");
};

function refuseGiven(options: object, names: readonly string[], reason: string): void {
  const given = names.filter((name) => (options as Readonly<Record<string, unknown>>)[name] !== undefined);
  if (given.length > 0) throw new UsageError(`${given.map(flag).join(", ")} ${reason}`);
}
