import type { Random } from "../../core/random.ts";
import type { ReaderParams } from "../params.ts";
import type { MeanFieldAttention } from "./attention.ts";

/** Reader, variant at work and random stream of one trial in the mean field. */
export interface DrawnTrial {
  readonly reader: ReaderParams;
  readonly attention: MeanFieldAttention;
  readonly random: Random;
}
