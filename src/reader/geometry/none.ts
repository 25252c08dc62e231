/** Keys of a prompt that hold their record's code and noise, whatever the text says. */
export const none = {
  name: "none",
  summary: "keys are codes of records and noise (docs/model.md, section 2)",
  sources: [],
  params: {},
} as const;
