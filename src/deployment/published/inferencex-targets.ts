import type { Source } from "../../core/entry.ts";
import type { Drafts } from "../../hardware/serving/replica.ts";
import type { SystemTarget } from "./system-target.ts";
import { ofSystem } from "./tolerances.ts";

const page = (rack: string): Source => ({
  title: `InferenceX, ${rack.toUpperCase()} NVL72: FP4 and FP8 on DeepSeek-R1`,
  url: `https://inferencex.semianalysis.com/compare-precision/deepseek-r1-${rack}-fp4-vs-fp8`,
});

/** None, or up to three, each accepted with .7: as for inferencex-gb200. */
const drafts = [0, 1, 2, 3].map((tokens): Drafts => ({ tokens, acceptance: tokens === 0 ? 0 : 0.7 }));

const precisions = {
  fp4: { attention: "bf16", feedForward: "nvfp4" },
  fp8: { attention: "fp8", feedForward: "fp8" },
} as const;

const points = [
  ["gb200", "fp4", 8192, 75, 12_502.6],
  ["gb200", "fp4", 8192, 120, 9356.1],
  ["gb200", "fp4", 8192, 164, 3995.1],
  ["gb200", "fp8", 8192, 75, 5789.6],
  ["gb300", "fp4", 1024, 71, 11_951.3],
  ["gb300", "fp4", 1024, 128, 4792.5],
  ["gb300", "fp4", 1024, 184, 959.4],
  ["gb300", "fp8", 1024, 71, 3513],
] as const;

/** DeepSeek-R1 on racks at three speeds of a user. */
export const inferenceXTargets: readonly SystemTarget[] = points.map(
  ([rack, precision, input, perUser, published]): SystemTarget => ({
    name: `inferencex-${rack}-${precision}-${input / 1024}k-${perUser}`,
    published,
    unit: "tokens/s/GPU, in and out",
    tolerance: ofSystem,
    source: page(rack),
    conditions: `DeepSeek-R1 ${precision.toUpperCase()}, ${input / 1024}K in 1K out, ${perUser} tokens/s a user, interpolated between measured recipes, the best with or without MTP; assumed: FP8 cache, attention in ${precisions[precision].attention}, drafts accepted with .7`,
    leftOut: "recipes are not known: engine, MTP and division; gaps between kernels, host work",
    prediction: {
      kind: "served-rate",
      system: `${rack}-nvl72`,
      model: "deepseek-v3",
      kvDtype: "fp8",
      ...precisions[precision],
      replicaGpus: 72,
      input,
      output: 1024,
      perUser,
      drafts,
    },
  }),
);
