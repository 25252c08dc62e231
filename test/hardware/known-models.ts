import { describe, expect, it } from "vitest";
import { parseSpec } from "../../src/attention/spec.ts";
import { modelCost } from "../../src/deployment/model-cost.ts";
import { modelFromConfig } from "../../src/hardware/config/model.ts";
import { layersOf, nativeOf } from "../../src/hardware/model.ts";
import type { Model } from "../../src/hardware/model.ts";
import { parametersOf } from "../../src/hardware/parameters.ts";

/** The keys of a config.json that decide its size, and what its makers publish. */
export interface Known {
  readonly config: object;
  /** parameters in all, billions, and their source */
  readonly total: number;
  readonly source: string;
  readonly active?: number;
  readonly layers: number;
  /** bytes of K and V a token in bf16, of layers that keep every token */
  readonly kv: number;
  /** bytes of windows, states and convolutions */
  readonly fixed?: number;
  /** keys that are said not to be understood */
  readonly unread?: readonly string[];
  /** most deviation of total and active parameters, a share */
  readonly within?: number;
}

export const read = (config: object): Model =>
  modelFromConfig({ name: "own", summary: "", sources: [] }, config, { title: "own", url: "" });
const tokens = 2 ** 20;

/** Holds what is read of a file to what is published of its model. */
export function holdToPublished(name: string, { config, ...published }: Known): void {
  describe(name, () => {
    const model = read(config);

    it("has the published parameters, and no key that is not understood", () => {
      const { total, active, head, embeddings } = parametersOf(model);
      const { within = 0.01, source } = published;
      const off = (count: number, wanted: number): number => Math.abs(count / 1e9 / wanted - 1);
      expect(off(total, published.total), `${total}; ${source}`).toBeLessThan(within);
      if (published.active !== undefined) {
        const counted = [active, active - head, active - head + embeddings];
        expect(Math.min(...counted.map((each) => off(each, published.active!))), source).toBeLessThan(within);
      }
      expect(model.unread ?? []).toEqual(published.unread ?? []);
    });

    it("keeps the cache of its layers", () => {
      const [half, whole] = [tokens, 2 * tokens].map((length) =>
        modelCost(model, parseSpec(nativeOf(model)), length, "bf16"),
      );
      const growth = (whole!.keptBytes - half!.keptBytes) / tokens;
      expect(layersOf(model)).toBe(published.layers);
      expect(growth).toBe(published.kv);
      expect(half!.keptBytes - growth * tokens + half!.stateBytes).toBe(published.fixed ?? 0);
    });
  });
}
