/** Keys of a prompt that hold their record's code and noise, whatever the text says. */
export const none = {
  name: "none",
  summary: "keys are codes of records and noise (docs/model.md, section 2)",
  sources: [
    {
      title: "Hopfield Networks is All You Need",
      url: "https://arxiv.org/abs/2008.02217",
      where: "keys as random patterns that softmax attention retrieves",
    },
  ],
  params: {},
} as const;
