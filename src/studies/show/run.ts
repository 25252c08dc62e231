import { loadEngine } from "../../engines/registry.ts";
import { attentionFigure } from "../../figures/attention-view.ts";
import { drawFigure, formatOf } from "../../runs/write-figure.ts";
import { writeRows } from "../../runs/write-rows.ts";
import { makeTrial } from "../../trial/make-trial.ts";
import type { TrialOptions } from "../../trial/make-trial.ts";
import { viewRows } from "../../trial/view/view-rows.ts";
import { viewTrial } from "../../trial/view/view-trial.ts";
import type { ViewOptions } from "../../trial/view/view-trial.ts";
import type { TrialView } from "../../trial/view/view.ts";

/** A trial to look at, and files for what is seen. */
export interface ShowOptions
  extends Omit<TrialOptions, "mode" | "budget">, Pick<ViewOptions, "queries" | "head"> {
  readonly threads?: number | undefined;
  /** file for every token that was read or should have been */
  readonly csv?: string | undefined;
  /** .svg or .png file for the picture */
  readonly out?: string | undefined;
}

/**
 * Runs one trial and shows what each query read, and why it found or missed what it should read.
 *
 * @throws UsageError as `makeTrial` and `viewTrial`, and for a picture of another format
 */
export async function showTrial({ csv, out, threads, ...options }: ShowOptions): Promise<TrialView> {
  const trial = makeTrial({ ...options, mode: "numerics" });
  const format = out === undefined ? undefined : formatOf("--out", out);
  const ops = await loadEngine(trial.engine, threads === undefined ? {} : { threads });
  try {
    const view = viewTrial(trial, { ...options, ops });
    if (csv !== undefined) await writeRows([...viewRows(view)], trial.task, { csv });
    if (out !== undefined && format !== undefined) await drawFigure(out, format, attentionFigure(view));
    return view;
  } finally {
    ops.close();
  }
}
