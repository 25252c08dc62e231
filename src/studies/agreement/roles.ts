import type { SettingScore } from "./compare.ts";

/** Rows that were looked at when the sizes of the reader's parts were chosen by hand; all others are predictions. */
const lookedAt = {
  source: "kvpress",
  model: "meta-llama/Llama-3.1-8B-Instruct",
  tokens: 4096,
  methods: ["snapkv", "tova", "h2o", "expected"],
} as const;

/** Role of a setting: seen when the reader was made, of the same source as those, or of another source. */
export const settingRoles = ["looked at", "same source", "other sources"] as const;

export type SettingRole = (typeof settingRoles)[number];

export function roleOf({ source, model, tokens, method }: SettingScore): SettingRole {
  if (!source.includes(lookedAt.source)) return "other sources";
  const seen =
    model === lookedAt.model &&
    tokens === lookedAt.tokens &&
    lookedAt.methods.some((each) => each === method);
  return seen ? "looked at" : "same source";
}
