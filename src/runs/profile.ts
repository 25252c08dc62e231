import type { PartTime } from "../core/profile.ts";
import type { Column } from "../trial/columns.ts";
import type { Trial } from "../trial/trial.ts";
import { groupBy } from "../core/group.ts";

/** What a group of trials took, part by part. */
export interface GroupProfile {
  readonly trial: Trial;
  readonly times: readonly PartTime[];
}

/** Time of one part of the trials of one task and length, and its share of theirs. */
export interface ProfileRow extends Omit<PartTime, "owner"> {
  readonly task: string;
  readonly tokens: number;
  /** whose work it was; empty for work that variants share */
  readonly variant: string;
  readonly share: number;
}

export const profileColumns: readonly Column[] = [
  { name: "task", type: "string", doc: "task spec" },
  { name: "tokens", type: "integer", doc: "nominal context length", unit: "tokens" },
  { name: "variant", type: "string", doc: "variant whose work it was; empty for work that variants share" },
  { name: "part", type: "string", doc: "what was done" },
  { name: "calls", type: "integer", doc: "how often it was done" },
  { name: "seconds", type: "number", doc: "wall time, without that of parts within it", unit: "s" },
  { name: "share", type: "number", doc: "of the wall time of all trials of this task and length" },
];

/** Times of the same owner and part added up, in the order in which they first come. */
function addUp(times: readonly PartTime[]): PartTime[] {
  return [...groupBy(times, ({ owner, part }) => `${owner} ${part}`).values()].map((same) => ({
    ...same[0]!,
    calls: same.reduce((sum, { calls }) => sum + calls, 0),
    seconds: same.reduce((sum, { seconds }) => sum + seconds, 0),
  }));
}

/** Where the time of a run went, for each task and length: what variants share, then each variant. */
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
