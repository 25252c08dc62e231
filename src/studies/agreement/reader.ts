/**
 * Reader of the comparison with measured scores: its keys follow the text. A match stands about six standard deviations
 * of random logits above them, where the default reader's stands eleven.
 */
export const agreementReader = {
  geometry: "text",
  kvHeads: 8,
  sharpness: 5,
} as const;

/** Rows that were looked at when the sizes of the reader's parts were chosen by hand; all others are predictions. */
export const lookedAt = {
  model: "meta-llama/Llama-3.1-8B-Instruct",
  tokens: 4096,
  methods: ["snapkv", "tova", "h2o", "expected"],
} as const;
