/** The chapters of the report, in its order. */
import { attention } from "./attention.ts";
import { benchmarks } from "./benchmarks.ts";
import { context } from "./context.ts";
import { economics } from "./economics.ts";
import { generation } from "./generation.ts";
import { graphwalks } from "./graphwalks.ts";
import { guide } from "./guide.ts";
import { hardware } from "./hardware.ts";
import { headline } from "./headline.ts";
import { latency } from "./latency.ts";
import { leads } from "./leads.ts";
import { mrcr } from "./mrcr.ts";
import { others } from "./others.ts";

export const chapters = [
  headline,
  graphwalks,
  mrcr,
  attention,
  hardware,
  generation,
  economics,
  latency,
  context,
  benchmarks,
  leads,
  guide,
  others,
];
