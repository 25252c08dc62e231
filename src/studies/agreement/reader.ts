import type { AgreementReader } from "./simulate.ts";

/**
 * Reader of the comparison with measured scores: its keys follow the text. A match stands about six standard deviations
 * of random logits above them, where the default reader's stands eleven.
 */
export const agreementReader: AgreementReader = {
  geometry: "text",
  kvHeads: 8,
  sharpness: 5,
};
