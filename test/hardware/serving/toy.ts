import type { Part, Replica } from "../../../src/hardware/serving/replica.ts";
import type { Workload } from "../../../src/hardware/serving/workload.ts";

/** A replica whose passes take `base` s, and a fixed time for each prompt token and for each token that a sequence decodes. */
export const toy = (change: Partial<Replica> & { base?: number; perToken?: number } = {}): Replica => {
  const { base = 0.01, perToken = 1e-5, ...rest } = change;
  return {
    gpus: 4,
    groups: 1,
    cacheGroups: 1,
    stepSeconds: (parts: readonly Part[]) =>
      base + parts.reduce((sum, { sequences, newTokens }) => sum + sequences * newTokens * perToken, 0),
    draftSeconds: () => 0.001,
    kvBytes: (tokens) => tokens * 1000,
    kvCapacity: 1e9,
    hostCapacity: 1e10,
    loadBandwidth: 1e9,
    transferBandwidth: 1e10,
    ...rest,
  };
};

export const workload = (change: Partial<Workload> = {}): Workload => ({
  inputTokens: 1000,
  outputTokens: 100,
  thinkTokens: 0,
  cacheHits: 0,
  drafts: { tokens: 0, acceptance: 0 },
  chunkTokens: 8192,
  utilisation: 1,
  ...change,
});
