import { denseFamilies } from "./dense.ts";
import { earlyFamilies } from "./early.ts";
import type { ConfigFamily } from "./family.ts";
import { latentFamilies } from "./latent.ts";
import { mixtureFamilies } from "./mixtures.ts";
import { recurrentFamilies } from "./recurrent.ts";

/** Every family whose config.json is read; a new one is a line in one of these lists. */
export const families: readonly ConfigFamily[] = [
  ...denseFamilies,
  ...earlyFamilies,
  ...mixtureFamilies,
  ...latentFamilies,
  ...recurrentFamilies,
];
