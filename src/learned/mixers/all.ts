import type { MixerName, ReaderShape } from "../shape.ts";
import { gatedDeltaMix } from "./gated-delta.ts";
import { linearMix } from "./linear.ts";
import type { Mix } from "./mixer.ts";
import { softmaxMix } from "./softmax.ts";

/** The mixer of a name. */
export function mixOf(name: MixerName, { window }: Pick<ReaderShape, "window">): Mix {
  switch (name) {
    case "dense":
      return softmaxMix();
    case "window":
      return softmaxMix(window);
    case "linear":
      return linearMix;
    case "gated-delta":
      return gatedDeltaMix;
  }
}
