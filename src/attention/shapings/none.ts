import { defineShaping } from "../shaping.ts";

/** Unchanged logits. */
export const none = defineShaping({
  name: "none",
  summary: "logits as they are",
  formula: "p = softmax(z)",
  sources: [
    { title: "Attention Is All You Need", url: "https://arxiv.org/abs/1706.03762", where: "section 3.2.1" },
  ],
  params: {},
  shape: (queries) => queries,
});
