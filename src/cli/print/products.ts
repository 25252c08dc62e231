import { distinct, groupBy } from "../../core/group.ts";
import { weightsOn } from "../../deployment/division.ts";
import { peakRates } from "../../hardware/kernels/dtypes.ts";
import type { Precision } from "../../hardware/kernels/dtypes.ts";
import type { PartWeights } from "../../hardware/weights/choice.ts";
import { weightPartNames } from "../../hardware/weights/parts.ts";
import type { RackSetting } from "../../studies/racks/settings.ts";

/** Words for the operands of products that are not those of the rate: bits of weights (W) and of activations (A). */
const operands: Readonly<Partial<Record<Precision, string>>> = {
  nvfp4: "W4A4",
  "w4a16-mxfp4": "W4A16",
  "w4a16-nvfp4": "W4A16",
  "w4a16-int4": "W4A16",
  "w4a8-mxfp4": "W4A8",
};

/** The precision in which systems multiply weights of each format, and the peak rate of such products: a line a system. */
export const productLines = (settings: readonly RackSetting[]): string[] =>
  [...groupBy(settings, ({ names }) => names.system)].map(([system, own]) => {
    const products = own.flatMap((setting) => {
      const weights = weightsOn(setting);
      // no matrix is multiplied with norms
      return weightPartNames.flatMap((part) => (part === "norms" ? [] : [productOf(weights[part])]));
    });
    return `products on ${system}: ${distinct(products).join(", ")}`;
  });

function productOf({ format, product }: PartWeights): string {
  const rate = peakRates[product].replace("gpu.", "");
  const bits = operands[product];
  return bits === undefined ? `${format} in ${rate}` : `${format} as ${bits} at the ${rate} rate`;
}
