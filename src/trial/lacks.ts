import { distinct } from "../core/group.ts";
import type { TrialRow } from "./columns.ts";

/** A cause for which a variant does not fit its budget. */
export type BudgetLack = "memory" | "time";

/** Whether memory or time is short in a row, or both, by the words of deployment/fit-budget.ts. */
export const lacksOf = ({ short }: Pick<TrialRow, "short">): readonly BudgetLack[] =>
  distinct(
    short.split("; ").flatMap((lack) => (lack === "" ? [] : [lack.startsWith("step ") ? "time" : "memory"])),
  );
