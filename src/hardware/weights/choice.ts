import { didYouMean, UsageError } from "../../core/errors.ts";
import type { Precision } from "../kernels/dtypes.ts";
import type { Model } from "../model.ts";
import type { System } from "../system.ts";
import { isFourBit, productOf, productsOf, weightFormats } from "./formats.ts";
import type { WeightFormat } from "./formats.ts";
import { everyPart, storedIn, storedWhollyIn, weightPartNames } from "./parts.ts";
import type { ModelStorage, PartStorage, WeightPart } from "./parts.ts";

/** Storage of a part, and the precision of its products. */
export interface PartWeights extends PartStorage {
  readonly product: Precision;
}

/** Formats that the weights of a model are stored and multiplied in, by part. */
export type Weights = Readonly<Record<WeightPart, PartWeights>>;

/** Word for the formats in which the makers of a model ship it. */
const shippedWord = "as-shipped";

/** Help of an option for weights. */
export const weightsHelp =
  `formats of the weights: ${weightFormats.join(", ")}, ${shippedWord}, a checkpoint of the model, ` +
  `or by part (${weightPartNames.join(", ")}) as experts=mxfp4,attention=bf16`;

/** Formats that a text asks for: of the whole model, then of single parts. */
interface AskedWeights {
  /** a format, `as-shipped`, or the name of a checkpoint; left out for the usual formats */
  readonly whole?: string;
  readonly parts: ReadonlyMap<WeightPart, { readonly format: WeightFormat; readonly product?: Precision }>;
}

/**
 * Reads `nvfp4`, `as-shipped`, `nvidia/DeepSeek-R1-FP4` or `fp8,experts=mxfp4:w4a16,attention=bf16`, with commas or plus
 * signs between.
 *
 * @throws UsageError for an unknown word, part, format or precision
 */
function readWeights(text: string): AskedWeights {
  const parts = new Map<WeightPart, { format: WeightFormat; product?: Precision }>();
  let whole: string | undefined;
  for (const word of text.split(/[,+]/).map((each) => each.trim())) {
    const equals = word.indexOf("=");
    if (equals < 0) {
      if (whole !== undefined)
        throw new UsageError(`weights: "${whole}" and "${word}" are both for the whole model`);
      if (word !== shippedWord && !word.includes("/") && !isFormat(word))
        throw new UsageError(
          `weights must be ${weightFormats.join(", ")}, ${shippedWord}, a checkpoint (nvidia/DeepSeek-R1-FP4) or ` +
            `part=format; got "${word}"${didYouMean(word, [...weightFormats, shippedWord])}`,
        );
      whole = word;
      continue;
    }
    const name = word.slice(0, equals).trim();
    const part = weightPartNames.find((known) => known === name);
    if (part === undefined)
      throw new UsageError(
        `weights have no part "${name}"; known: ${weightPartNames.join(", ")}${didYouMean(name, weightPartNames)}`,
      );
    if (parts.has(part)) throw new UsageError(`weights: ${part} is given twice (in "${text}")`);
    parts.set(part, readPart(part, word.slice(equals + 1).trim()));
  }
  return { ...(whole !== undefined && { whole }), parts };
}

const isFormat = (text: string): text is WeightFormat => weightFormats.some((known) => known === text);

/** Reads `mxfp4` or `mxfp4:w4a16`. */
function readPart(part: WeightPart, text: string): { format: WeightFormat; product?: Precision } {
  const [format = "", product] = text.split(":");
  if (!isFormat(format))
    throw new UsageError(
      `weights: the format of ${part} must be one of ${weightFormats.join(", ")}; got "${format}"`,
    );
  if (product === undefined) return { format };
  const products = productsOf[format];
  const found = Object.hasOwn(products, product) ? products[product] : undefined;
  if (found === undefined)
    throw new UsageError(
      `weights: ${format} is multiplied in ${Object.keys(products).join(" or ")}; got "${product}" for ${part}`,
    );
  return { format, product: found };
}

/** The text, if it can be read. @throws UsageError for an unknown word, part, format or precision */
export function checkedWeights(text: string): string {
  readWeights(text);
  return text;
}

/**
 * Usual formats of a model's weights: as shipped if its makers ship its experts, or all of it, in 4 bits; otherwise the
 * smallest format that the GPU multiplies.
 */
export function usualWeights({ gpu }: System, { checkpoints = [] }: Model): string {
  const shipped = checkpoints[0]?.stored();
  if (shipped !== undefined && "storage" in shipped) {
    const { experts, dense } = shipped.storage;
    if (isFourBit(experts.format) || isFourBit(dense.format)) return shippedWord;
  }
  return gpu.fp4 ? "nvfp4" : "fp8";
}

/**
 * Formats that a model's weights are stored and multiplied in on a system.
 *
 * @param text as `readWeights` reads it
 * @throws UsageError for a text that cannot be read, or a checkpoint that the model lacks
 */
export function weightsOf(model: Model, system: System, text: string): Weights {
  const { whole = usualWeights(system, model), parts } = readWeights(text);
  const storage = isFormat(whole) ? storedWhollyIn(whole) : shippedStorage(model, whole);
  const of = (part: WeightPart): PartWeights => {
    const own = parts.get(part);
    const stored = own === undefined ? storage[part] : storedIn(own.format);
    return { ...stored, product: own?.product ?? productOf(stored.format, system) };
  };
  return everyPart(of);
}

/** Storage of a checkpoint of a model. @throws UsageError for a checkpoint that is not known or was not read */
function shippedStorage({ name, checkpoints = [] }: Model, asked: string): ModelStorage {
  const known = checkpoints.map((each) => each.name);
  const found = asked === shippedWord ? checkpoints[0] : checkpoints.find((each) => each.name === asked);
  if (found === undefined)
    throw new UsageError(
      `${name} has no weights "${asked}"; known: ${[...(known.length > 0 ? [shippedWord] : []), ...known, ...weightFormats].join(", ")}`,
    );
  const read = found.stored();
  if ("storage" in read) return read.storage;
  throw new UsageError(`weights of ${found.name}: ${read.unread}`);
}
