import { UsageError } from "../core/errors.ts";
import type { AnyParams } from "../core/params.ts";
import { flat, tensor } from "../core/tensor.ts";
import type { Tensor } from "../core/tensor.ts";
import { capturedNames } from "./captured.ts";
import type { Captured, CapturedName } from "./captured.ts";
import { longestRow } from "./finite.ts";
import type { TensorShapes } from "./shapes.ts";
import type { AnyVariant } from "./variant.ts";

/** Name of a captured tensor as options and files write it: `index-q`. */
export const capturedLabel = (name: CapturedName): string =>
  name.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`);

/** The tensors that a variant can take, as options write them. */
export const capturedLabels = ({ captured = {} }: Pick<AnyVariant, "captured">): string[] =>
  capturedNames.filter((name) => captured[name] !== undefined).map(capturedLabel);

/**
 * Captured tensors in the shapes that a variant reads. Sizes of 1 may be left out or added.
 *
 * @throws UsageError for a tensor that the variant does not take, another shape, a tensor without those that belong to
 *   it, and numbers that are not finite
 */
export function fittedCapture(
  { variant, params }: { readonly variant: AnyVariant; readonly params: AnyParams },
  shapes: TensorShapes,
  given: Captured,
): Captured {
  const names = capturedNames.filter((name) => given[name] !== undefined);
  const fitted: Partial<Record<CapturedName, Tensor>> = {};
  for (const name of names) {
    const label = capturedLabel(name);
    const declared = variant.captured?.[name];
    if (declared === undefined) {
      const taken = capturedLabels(variant);
      throw new UsageError(
        `${variant.name} takes no ${label}; ${taken.length === 0 ? "it takes no index tensors" : `allowed: ${taken.join(", ")}`}`,
      );
    }
    const missing = declared.needs?.find((other) => given[other] === undefined);
    if (missing !== undefined)
      throw new UsageError(`${label} of ${variant.name} needs ${capturedLabel(missing)} beside it`);
    const got = given[name]!;
    const wanted = declared.shape(shapes, params);
    if (withoutOnes(got.shape) !== withoutOnes(wanted))
      throw new UsageError(
        `${label} of ${variant.name} must be ${declared.sizes}, (${wanted.join(", ")}); got (${got.shape.join(", ")})`,
      );
    fitted[name] = tensor(flat(got), wanted);
    longestRow(label, fitted[name]);
  }
  return fitted;
}

const withoutOnes = (shape: readonly number[]): string => shape.filter((size) => size !== 1).join();
