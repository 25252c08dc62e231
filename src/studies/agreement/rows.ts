import { groupBy } from "../../core/group.ts";
import { express, meanFamily } from "./express.ts";
import type { ExpressedScore } from "./express.ts";
import type { MeasuredScore, MeasuredTable, UnexpressedScore } from "./measured.ts";

/** Rows that are asked for. */
export interface AskedRows {
  /** longest context; longer rows are counted as not run */
  readonly most: number;
  /** shortest context; shorter rows are counted as not run; default: 0 */
  readonly least?: number | undefined;
  /** parts of sources and of models, and methods, whose rows are compared; default: all */
  readonly only?: readonly string[] | undefined;
  /** share kept, to .1, of the rows that are compared; default: any */
  readonly keep?: number | undefined;
}

/** Rows of a table: those that can be run, and the others. */
export interface SortedRows {
  readonly expressed: readonly ExpressedScore[];
  readonly unexpressed: readonly UnexpressedScore[];
}

/** Largest distance of a row's share from the one asked for: DuoAttention's counts its windows too. */
const keepTolerance = 0.1;

/** Tasks from which a table counts as one that has RULER's scores one by one: more than half of its 13. */
const enoughTasks = 7;

/** Sorts the asked rows of a table. A mean over tasks whose scores the table has one by one is no row of its own. */
export function sortRows({ scores, unread }: MeasuredTable, asked: AskedRows): SortedRows {
  const byTask = groupBy(
    scores.filter(({ task }) => task !== meanFamily),
    placeOf,
  );
  const put = scores
    .filter((row) => isAsked(row, asked))
    .map((measured): ExpressedScore | UnexpressedScore => {
      const found = express(measured);
      const no = (reason: string): UnexpressedScore => ({ row: measured.row, reason });
      if ("reason" in found) return found;
      if (found.tokens > asked.most)
        return no(`a context of more than ${asked.most} tokens, which was not asked for`);
      if (found.tokens < (asked.least ?? 0))
        return no(`a context of less than ${asked.least} tokens, which was not asked for`);
      if (measured.method === "dense") return no("dense attention's own score, from which predictions start");
      if (measured.task === meanFamily && (byTask.get(placeOf(measured))?.length ?? 0) >= enoughTasks)
        return no("a mean over tasks whose scores the table has one by one");
      return found;
    });
  return {
    expressed: put.filter((row): row is ExpressedScore => !("reason" in row)),
    unexpressed: [...unread, ...put.filter((row): row is UnexpressedScore => "reason" in row)],
  };
}

/** Method, budget, model and length of a row. */
const placeOf = ({ source, model, method, budget, queryAware, tokens }: MeasuredScore): string =>
  JSON.stringify([source, model, method, budget, queryAware, tokens]);

const isAsked = ({ source, model, method, keep }: MeasuredScore, asked: AskedRows): boolean =>
  (asked.only === undefined ||
    asked.only.some(
      (part) =>
        method === part || [source, model].some((text) => text.toLowerCase().includes(part.toLowerCase())),
    )) &&
  (asked.keep === undefined || (keep !== null && Math.abs(keep - asked.keep) <= keepTolerance));
