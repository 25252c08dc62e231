import { articleReader } from "./article-reader.ts";
import { budget } from "./budget.ts";
import { calibrate } from "./calibrate.ts";
import { explain } from "./explain.ts";
import { families } from "./families.ts";
import { frontier } from "./frontier.ts";
import { graphwalks256k } from "./graphwalks-256k.ts";
import { lengthSweep } from "./length-sweep.ts";
import { margins } from "./margins.ts";
import { mrcr1m } from "./mrcr-1m.ts";
import { prototypes } from "./prototypes.ts";
import { ruler } from "./ruler.ts";
import { scaling } from "./scaling.ts";
import type { ResultSection } from "./section.ts";
import { coDesign, nvl72Budget, nvl72Decode, offload } from "./tables.ts";
import { think } from "./think.ts";

/** The results of every experiment, in the order of docs/results.md. */
export const resultSections: readonly (() => ResultSection)[] = [
  margins,
  lengthSweep,
  graphwalks256k,
  mrcr1m,
  families,
  ruler,
  think,
  prototypes,
  calibrate,
  explain,
  articleReader,
  budget,
  coDesign,
  nvl72Budget,
  nvl72Decode,
  offload,
  frontier,
  scaling,
];
