import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { modelFromConfig } from "../../../src/hardware/config/model.ts";
import { machineOf } from "../../../src/hardware/kernels/machine.ts";
import { attentionLayer } from "../../../src/hardware/layers/attention.ts";
import { feedForwardLayer } from "../../../src/hardware/layers/feed-forward.ts";
import { unshared, weightsIn } from "../../../src/hardware/layers/layer.ts";
import type { Model } from "../../../src/hardware/model.ts";
import { models } from "../../../src/hardware/models/all.ts";
import type { Part } from "../../../src/hardware/serving/replica.ts";
import { gb200Nvl72 } from "../../../src/hardware/systems/gb200-nvl72.ts";

const read = (folder: URL, file: string): Model =>
  modelFromConfig(
    { name: file, summary: "", sources: [] },
    JSON.parse(readFileSync(new URL(file, folder), "utf8")),
    { title: file, url: "" },
  );
const all = [
  ...models,
  ...["../configs/", "../data/configs/"].flatMap((path) => {
    const folder = new URL(path, import.meta.url);
    return readdirSync(folder)
      .filter((file) => file.endsWith(".json"))
      .map((file) => read(folder, file));
  }),
];

const machine = machineOf(gb200Nvl72, "ideal");
const alone = { tp: 1, dp: 1, cp: 1, kvp: 1, ep: 1, pp: 1 };
const parts: readonly Part[] = [
  { phase: "prefill", sequences: 1, newTokens: 5000, cachedTokens: 300 },
  { phase: "decode", sequences: 2, newTokens: 1, cachedTokens: 40_000 },
];

describe.each(all)("parameters of a layer are the matrices that its pass multiplies: $name", (model) => {
  const hidden = model.hidden.value;

  it.each(parts)("attention, $phase", (part) => {
    for (const group of model.attention) {
      const layer = attentionLayer(group);
      const rank = { machine, hidden, weights: "bf16", kvDtype: "bf16", ...unshared } as const;
      const { weights } = layer.time(rank, part);
      const own = weightsIn(layer.matrices(hidden, unshared));
      expect(weights / (own || 1)).toBeCloseTo(own === 0 ? 0 : 1, 12);
    }
  });

  it("feed-forward", () => {
    for (const group of model.feedForward) {
      const layer = feedForwardLayer(group);
      const bf16 = { dense: "bf16", shared: "bf16", experts: "bf16", router: "bf16" } as const;
      const rank = { machine, hidden, weights: bf16, parallel: alone };
      const { weights } = layer.time(rank, { own: 3, all: 3, secondStream: false });
      expect(weights).toBe(weightsIn([...layer.always(hidden, 1), ...layer.routed(hidden)]));
    }
  });
});
