import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { commandLine, readerOptions } from "../../library/command.ts";
import type { GoldText, ReadsQuestion, ShownReads } from "../../numerics/messages.ts";
import { Command } from "../controls/command.tsx";
import { SelectField, Slider } from "../controls/fields.tsx";
import { Figure } from "../controls/figure.tsx";
import type { FigureProps } from "../controls/figure.tsx";
import { Reader, readerOf } from "../controls/reader.tsx";
import { TaskField, taskOf } from "../controls/shared.tsx";
import { Specs } from "../controls/specs.tsx";
import { Table } from "../controls/table.tsx";
import { useAnswer } from "../library.ts";
import { useLook } from "../look.ts";
import { useNumerics } from "../numerics.ts";
import { valuesOf } from "../values.ts";
import type { NumberRange } from "../values.ts";
import type { Panel, PanelProps } from "./panel.ts";

const usualVariants = ["dense", "quest", "sink-window"];
const lengths = ["2K", "4K", "8K", "16K"];

const trialRange: NumberRange = { least: 0, isInteger: true };
const queryRange: NumberRange = { least: 1, most: 1000, isInteger: true };

/** Least width of a picture with the names of queries and reasons beside it, in pixels; a narrower page scrolls it. */
const leastPicture = 760;

/** Tokens that each variant reads in one trial, and the reasons why it finds or misses the right ones. */
function Reads(props: PanelProps): JSX.Element {
  const { offer, change } = props;
  const { text, number, wrong, list, set } = valuesOf(props);
  const element = useRef<HTMLDivElement>(null);
  const look = useLook(element);
  const { run, start, cancel } = useNumerics<ReadsQuestion>();
  const task = taskOf(props);
  const variants = list("reading", usualVariants);
  const tokens = text("length", "4K");
  const trial = number("problem", 0, trialRange);
  const queries = number("queries", 8, queryRange);
  const shown = run?.reads ?? [];
  const { answer: figures, isOpen } = useAnswer(
    "figures",
    look && shown.length > 0
      ? {
          figures: shown.map(({ variant, spec }) => ({ name: variant, spec })),
          look: { ...look, width: Math.max(leastPicture, look.width) },
        }
      : undefined,
  );
  return (
    <div class="panel">
      <form
        class="controls"
        onSubmit={(event) => {
          event.preventDefault();
          start({ kind: "reads", task, variants, tokens, trial, seed: 0, reader: readerOf(props), queries });
        }}
      >
        <TaskField {...props} />
        <SelectField
          label="context"
          value={tokens}
          options={lengths.map((value) => ({ value, text: `${value} tokens` }))}
          onChange={set("length", "4K")}
        />
        <Slider
          label="problem"
          min={0}
          max={20}
          step={1}
          value={trial}
          error={wrong("problem", trialRange)}
          onChange={(value) => set("problem", 0)(Math.max(0, Math.round(value)))}
        />
        <Slider
          label="queries"
          min={1}
          max={24}
          step={1}
          value={queries}
          error={wrong("queries", queryRange)}
          onChange={(value) => set("queries", 8)(Math.max(1, Math.round(value)))}
        />
        <Specs
          specs={variants}
          offered={offer.variants}
          errors={{}}
          onChange={(specs) => change({ reading: specs })}
        />
        <Reader {...props} />
        {run?.isRunning ? (
          <button type="button" onClick={cancel}>
            Cancel
          </button>
        ) : (
          <button type="submit" class="primary" disabled={variants.length === 0}>
            Show what they read
          </button>
        )}
      </form>
      <div class="results" ref={element} aria-busy={run !== undefined && (run.isRunning || isOpen)}>
        {run === undefined && (
          <p>One trial in full numerics: real text, keys and values, and what each variant reads of them.</p>
        )}
        {run?.isRunning && (
          <p role="status">
            {shown.length} of {run.question.variants.length} variants …
          </p>
        )}
        {run?.error !== undefined && (
          <p class="error" role="alert">
            {run.error}
          </p>
        )}
        {shown.map((reads, i) => (
          <VariantReads key={reads.variant} reads={reads} figure={figures?.[i]} question={run!.question} />
        ))}
      </div>
    </div>
  );
}

interface VariantReadsProps {
  readonly reads: ShownReads;
  readonly figure: FigureProps["figure"] | undefined;
  readonly question: ReadsQuestion;
}

/** The reads of one variant: the picture, reasons, and the text around the right tokens. */
function VariantReads({ reads, figure, question }: VariantReadsProps): JSX.Element {
  const { variant, table, texts } = reads;
  const { task, tokens, trial, queries, reader } = question;
  return (
    <section aria-label={variant}>
      <h3>{variant}</h3>
      {figure && <Figure figure={figure} wide />}
      <Command
        text={commandLine(
          ["show"],
          [
            ["task", task],
            ["variant", variant],
            ["tokens", tokens],
            ["trial", trial],
            ["queries", queries],
            ...readerOptions(reader),
          ],
        )}
      />
      <Table
        table={table}
        caption="Queries, and why they found or missed what they should read"
        label={`queries of ${variant}`}
      />
      <details>
        <summary>The text around the right tokens</summary>
        <p class="hint">Marked: read. Underlined: the token that should be read.</p>
        {texts.map((snippet, i) => (
          <Snippet key={i} snippet={snippet} />
        ))}
      </details>
    </section>
  );
}

function Snippet({ snippet }: { readonly snippet: GoldText }): JSX.Element {
  return (
    <div class="snippet">
      <small>{snippet.query}</small>
      <br />
      {snippet.tokens.map(({ text, read, weight, gold }, i) => (
        <span
          key={i}
          class={[read && "read", gold && "gold"].filter(Boolean).join(" ")}
          title={read ? `weight ${weight.toPrecision(2)}` : "not read"}
        >
          {text}
        </span>
      ))}
    </div>
  );
}

export const readsPanel: Panel = {
  name: "reads",
  title: "Reads",
  question: "What does each variant read, and why does it miss a fact?",
  View: Reads,
};
