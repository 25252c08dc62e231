import type { JSX } from "preact";
import type { NumericsQuestion } from "../../numerics/messages.ts";
import { SelectField, Slider } from "../controls/fields.tsx";
import type { NumericsUse } from "../numerics.ts";
import { valuesOf } from "../values.ts";
import type { NumberRange } from "../values.ts";
import type { PanelProps } from "./panel.ts";

const lengths = ["2K", "4K", "8K", "16K", "32K"];
const usual = { tokens: "8K", trials: 3 } as const;
const trialRange: NumberRange = { least: 1, most: 1000, isInteger: true };

export interface NumericsProps extends Pick<PanelProps, "values" | "change"> {
  readonly numerics: NumericsUse<NumericsQuestion>;
  /** trials of the curves: their task, variants and reader */
  readonly asked: Omit<NumericsQuestion, "kind" | "tokens" | "trials">;
}

/** Runs full numerics at a small size, with progress. */
export function Numerics({ numerics, asked, values, change }: NumericsProps): JSX.Element {
  const { text, number, wrong, set } = valuesOf({ values, change });
  const tokens = text("measure", usual.tokens);
  const trials = number("measured", usual.trials, trialRange);
  const { run, start, cancel } = numerics;
  const total = run ? run.question.trials * run.question.variants.length : 0;
  return (
    <fieldset>
      <legend>full numerics</legend>
      <small>Real text, keys, values and softmax at one length; squares mark the means on the curves.</small>
      <SelectField
        label="context"
        value={tokens}
        options={lengths.map((value) => ({ value, text: `${value} tokens` }))}
        onChange={set("measure", usual.tokens)}
      />
      <Slider
        label="problems"
        min={1}
        max={20}
        step={1}
        value={trials}
        error={wrong("measured", trialRange)}
        onChange={(value) => set("measured", usual.trials)(Math.max(1, Math.round(value)))}
      />
      {run?.isRunning ? (
        <button type="button" onClick={cancel}>
          Cancel
        </button>
      ) : (
        <button
          type="button"
          class="primary"
          disabled={asked.variants.length === 0}
          onClick={() => start({ ...asked, kind: "trials", tokens, trials })}
        >
          Run full numerics
        </button>
      )}
      {run && (
        <div role="status">
          <progress aria-label="trials finished" max={total} value={run.rows.length} />
          <small>
            {` ${run.rows.length} of ${total} trials at ${run.question.tokens}`}
            {!run.isRunning && run.rows.length < total && run.error === undefined ? ", cancelled" : ""}
          </small>
        </div>
      )}
      {run?.error !== undefined && (
        <p class="error" role="alert">
          {run.error}
        </p>
      )}
    </fieldset>
  );
}
