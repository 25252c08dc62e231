import type { SettingScore } from "./compare.ts";
import { seenRows } from "./reader.ts";
import type { SeenRows } from "./reader.ts";

/** Role of a setting: seen when the reader was made, of the same source as such rows, or of another source. */
export const settingRoles = ["fitted", "looked at", "same source", "other sources"] as const;

export type SettingRole = (typeof settingRoles)[number];

/** The role of a setting. @param seen rows that the reader has seen; default: those of data/agreement-reader.json */
export function roleOf(
  { source, model, tokens, method }: Pick<SettingScore, "source" | "model" | "tokens" | "method">,
  seen: readonly SeenRows[] = seenRows,
): SettingRole {
  const sameSource = seen.filter((rows) => rows.source === source);
  const own = sameSource.find(
    (rows) => rows.model === model && rows.tokens === tokens && rows.methods.includes(method),
  );
  if (own !== undefined) return own.role;
  return sameSource.length > 0 ? "same source" : "other sources";
}
