import type { EngineRule } from "./rule.ts";
import { keepsAll, keepsWindow, statesOf, sumOver } from "./rule.ts";

/** Bytes of the tokens that layers keep, without pages, padding or pools: a lower bound. */
export const ideal: EngineRule = {
  summary: "tokens that layers keep and their states, without pages, padding or pools: a lower bound",
  sources: [],
  reserve(layers) {
    const all = layers.filter(keepsAll);
    const windows = layers.flatMap((each) => {
      const { layers: count, records } = each;
      if (records) return [{ layers: count, tokenBytes: records.rowBytes, window: records.window }];
      return keepsWindow(each) ? [each] : [];
    });
    const states = statesOf(layers);
    const slope = sumOver(all, ({ tokenBytes }) => tokenBytes);
    return {
      fixed: states + sumOver(windows, ({ tokenBytes, window }) => tokenBytes * window!),
      slope,
      bytes: (tokens) =>
        states +
        slope * tokens +
        sumOver(windows, ({ tokenBytes, window }) => tokenBytes * Math.min(tokens, window!)),
    };
  },
};
