import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { useAnswer } from "../library.ts";
import { save } from "../download.ts";
import { useLook } from "../look.ts";
import { useNumerics } from "../numerics.ts";
import { Command } from "../controls/command.tsx";
import { Figure } from "../controls/figure.tsx";
import { Reader, readerOf } from "../controls/reader.tsx";
import { TaskField, taskOf, TrialsSlider, trialsOf } from "../controls/shared.tsx";
import { Specs } from "../controls/specs.tsx";
import { Table } from "../controls/table.tsx";
import type { NumericsQuestion } from "../../numerics/messages.ts";
import { Numerics } from "./numerics.tsx";
import type { Panel, PanelProps } from "./panel.ts";

const usualVariants = ["dense", "dsa", "quest", "moba", "nsa", "sink-window"];

/** Accuracy of variants over lengths, in the mean field. */
function Quality(props: PanelProps): JSX.Element {
  const { offer, values, change } = props;
  const element = useRef<HTMLDivElement>(null);
  const look = useLook(element);
  const task = taskOf(props);
  const variants = values["variant"] ?? usualVariants;
  const trials = trialsOf(props);
  const reader = readerOf(props);
  const numerics = useNumerics<NumericsQuestion>();
  const { run } = numerics;
  // rows of another task or reader do not belong on these curves
  const isOwn = run?.question.task === task && JSON.stringify(run.question.reader) === JSON.stringify(reader);
  const measured = isOwn ? run.rows : [];
  const question = look && { task, variants, reader, trials, seed: 0, look, measured };
  const { answer, error, isOpen, firstMs, allMs } = useAnswer("quality", question);
  const errors = answer?.errors ?? {};
  return (
    <div class="panel">
      <form class="controls" onSubmit={(event) => event.preventDefault()}>
        <TaskField {...props} error={errors[task]} />
        <Specs
          specs={variants}
          offered={offer.variants}
          errors={errors}
          onChange={(specs) => change({ variant: specs })}
        />
        <Reader {...props} />
        <TrialsSlider {...props} />
        <Numerics
          values={values}
          change={change}
          numerics={numerics}
          asked={{ task, variants: variants.filter((spec) => errors[spec] === undefined), reader, seed: 0 }}
        />
      </form>
      <div class="results" ref={element} aria-busy={isOpen}>
        {error !== undefined && (
          <p class="error" role="alert">
            {error}
          </p>
        )}
        {answer?.figure && (
          <Figure figure={answer.figure} label={`${answer.figure.title}: the table below has the numbers`} />
        )}
        <p class="status" data-first-ms={firstMs?.toFixed(0)} data-all-ms={allMs?.toFixed(0)}>
          {answer &&
            `n=${answer.trials} of ${trials} problems a point${allMs === undefined ? "" : `, ${(allMs / 1000).toFixed(1)} s in this browser`}`}
        </p>
        {answer && <Command text={answer.command} />}
        {answer && answer.csv !== "" && (
          <button
            type="button"
            onClick={() => save("data.csv", new Blob([answer.csv], { type: "text/csv" }))}
          >
            CSV of the rows
          </button>
        )}
        {answer?.measuredTable && <Table table={answer.measuredTable} caption="Full numerics: mean scores" />}
        {answer?.table && <Table table={answer.table} caption="Mean scores with 95% intervals" />}
      </div>
    </div>
  );
}

export const qualityPanel: Panel = {
  name: "quality",
  title: "Quality",
  question: "Which attention keeps finding facts as the context grows?",
  View: Quality,
};
