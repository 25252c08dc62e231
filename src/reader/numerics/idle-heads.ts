import type { Queries } from "../../attention/cache.ts";
import { hash64 } from "../../core/random.ts";
import { flat, rowsOf } from "../../core/tensor.ts";
import type { Rows } from "../../core/tensor.ts";
import type { Table } from "../../engines/ops.ts";
import type { IdleHeads } from "./asker.ts";
import { unitLength } from "./aversion.ts";
import { matrix } from "./codes.ts";
import type { TextHead } from "./text-head.ts";
import type { TextPrompt } from "./text-prompt.ts";
import { composeQuery } from "./text-queries.ts";
import type { Workspace } from "./workspace.ts";

/** Rows that are read beside what a step of the reader costs. */
const table = (rows: Rows): Table => ({ tensor: rows, kind: "index", rowBytes: 0 });

/** Queries of an idle head, asked by turns. */
const turns = 4;

/**
 * Heads that have nothing to find at the end of a prompt. Their queries are those of its last token, with noise of their
 * own.
 */
export function idleHeads(workspace: Workspace, prompt: TextPrompt, heads: readonly TextHead[]): IdleHeads {
  const { ops, params, seed, tokens } = workspace;
  const { headDim } = params;
  const count = turns;
  const scale = params.sharpness / Math.sqrt(headDim);
  const unit = unitLength(params);
  const token = tokens - 1;
  const queries = (step: number): Queries => ({
    heads: heads.map((head, h) => {
      const rows = matrix(count, headDim);
      ops.fillNormal(rows, hash64(`${seed}/idle/${step}/${h}`));
      for (let i = 0; i < count; i++)
        composeQuery(flat(rowsOf(rows, i, i + 1)) as Float32Array, token, prompt, {
          head,
          unit,
          looks: false,
        });
      return rows;
    }),
    count,
    group: 1,
    positions: new Int32Array(count).fill(token),
    scale,
    phase: "decode",
    step,
  });
  const visible = new Int32Array(count).fill(tokens);
  const known = new Map<number, readonly Float32Array[]>();
  return {
    factor: Math.sqrt(prompt.geometry.idle),
    queries,
    usual(step) {
      const usual =
        known.get(step) ??
        queries(step).heads.map((rows, h) => {
          const { keys, values } = heads[h]!.rows;
          const { output } = ops.attend(rows, table(keys), table(values), { visible, scale });
          return Float32Array.from(flat(output));
        });
      known.set(step, usual);
      return usual;
    },
  };
}
