/** Requests behind prices, without the length of their prompts: those of `attnsim frontier` at its defaults. */
export const requests = {
  outputTokens: 1024,
  thinkTokens: 0,
  cacheHits: 0,
  drafts: { tokens: 0, acceptance: 0.8 },
  chunkTokens: 8192,
  utilisation: 0.7,
};

/** Longest time of a token behind prices, s: that of `attnsim frontier`. */
export const tpotLimit = 0.05;
