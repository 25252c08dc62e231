import type { PartTime } from "../core/profile.ts";
import { groupBy } from "../core/group.ts";
import { integerColumn, numberColumn, textColumn } from "../core/table.ts";
import type { RowOf } from "../core/table.ts";
import type { Trial } from "../trial/trial.ts";

/** Times of the parts of a group of trials. */
export interface GroupProfile {
  /** first trial of the group */
  readonly trial: Trial;
  readonly times: readonly PartTime[];
}

export const profileColumns = [
  textColumn("task", "task spec"),
  integerColumn("tokens", "nominal context length", "tokens"),
  textColumn("variant", "variant whose work it was; empty for work that variants share"),
  textColumn("part", "what was done"),
  integerColumn("calls", "how often it was done"),
  numberColumn("seconds", "wall time, without that of parts within it", "s"),
  numberColumn("share", "of the wall time of all trials of this task and length"),
] as const;

/** Time of one part of the trials of one task and length, and its share of their whole time. */
export type ProfileRow = RowOf<typeof profileColumns>;

/** Adds up times of the same owner and part. Keeps the order in which each first comes. */
function addUp(times: readonly PartTime[]): PartTime[] {
  return [...groupBy(times, ({ owner, part }) => `${owner} ${part}`).values()].map((same) => ({
    ...same[0]!,
    calls: same.reduce((sum, { calls }) => sum + calls, 0),
    seconds: same.reduce((sum, { seconds }) => sum + seconds, 0),
  }));
}

/** Rows of profile.csv: for each task and length, the parts that variants share, and then those of each variant. */
export const profileRows = (groups: readonly GroupProfile[]): ProfileRow[] =>
  [...groupBy(groups, ({ trial: { task, tokens } }) => `${task} ${tokens}`).values()].flatMap((alike) => {
    const { task, tokens } = alike[0]!.trial;
    const times = addUp(alike.flatMap((group) => group.times));
    const total = times.reduce((sum, { seconds }) => sum + seconds, 0);
    return [...groupBy(times, ({ owner }) => owner).values()]
      .sort((a, b) => Number(a[0]!.owner !== "") - Number(b[0]!.owner !== ""))
      .flat()
      .map(({ owner, ...time }) => ({ task, tokens, variant: owner, ...time, share: time.seconds / total }));
  });
