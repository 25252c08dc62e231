import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { Command } from "../controls/command.tsx";
import { SelectField, TextField } from "../controls/fields.tsx";
import { Figure } from "../controls/figure.tsx";
import { Reader, readerOf } from "../controls/reader.tsx";
import { TaskField, taskOf, TrialsSlider, trialsOf, UsersSlider, usersOf } from "../controls/shared.tsx";
import { Specs } from "../controls/specs.tsx";
import { Table } from "../controls/table.tsx";
import { useAnswer } from "../library.ts";
import { useLook } from "../look.ts";
import { valuesOf, wrongNumber } from "../values.ts";
import type { NumberRange } from "../values.ts";
import type { Panel, PanelProps } from "./panel.ts";

const usualVariants = ["dense", "dsa", "quest", "moba", "nsa", "sink-window"];

/** Reader parameters that the costs on a rack have no place for; a spec says its own dtype: `dsa+bf16`. */
const ofTheRack = ["kvDtype"];

/** Limits that a variant may have to meet. */
const limitRange: NumberRange = { least: 0 };

/** A limit as the address has it, or none. */
const limitOf = (text: string): number | undefined =>
  limitError(text) === undefined && text !== "" ? Number(text) : undefined;

const limitError = (text: string): string | undefined =>
  text === "" ? undefined : wrongNumber(text, limitRange);

/** Accuracy of variants against their costs. */
function Frontier(props: PanelProps): JSX.Element {
  const { offer, change } = props;
  const { text, list, set } = valuesOf(props);
  const element = useRef<HTMLDivElement>(null);
  const look = useLook(element);
  const task = taskOf(props);
  const variants = list("variant", usualVariants);
  const tokens = text("tokens", "1M");
  const question = look && {
    task,
    variants,
    tokens,
    trials: trialsOf(props),
    system: text("system", "gb200-nvl72"),
    model: text("model", "deepseek-v3"),
    users: usersOf(props),
    reader: readerOf({ ...props, except: ofTheRack }),
    tpotAtMost: limitOf(text("tpot", "")),
    usersAtLeast: limitOf(text("fewest", "")),
    look,
  };
  const { answer, error, isOpen, firstMs, allMs } = useAnswer("frontier", question);
  const errors = answer?.errors ?? {};
  return (
    <div class="panel">
      <form class="controls" onSubmit={(event) => event.preventDefault()}>
        <TaskField {...props} error={errors[task]} />
        <TextField
          label="context, tokens"
          value={tokens}
          suggested={["64K", "128K", "256K", "512K", "1M"]}
          error={errors[tokens]}
          onChange={set("tokens", "1M")}
        />
        <SelectField
          label="system"
          value={text("system", "gb200-nvl72")}
          options={offer.systems.map(({ name }) => ({ value: name, text: name }))}
          onChange={set("system", "gb200-nvl72")}
        />
        <SelectField
          label="model"
          value={text("model", "deepseek-v3")}
          options={offer.models.map(({ name }) => ({ value: name, text: name }))}
          onChange={set("model", "deepseek-v3")}
        />
        <UsersSlider {...props} label="users (batch), for TPOT" />
        <TrialsSlider {...props} />
        <fieldset>
          <legend>constraints</legend>
          <TextField
            label="TPOT at most, ms"
            value={text("tpot", "")}
            error={limitError(text("tpot", ""))}
            hint="what fails is grey, and counts for no front"
            onChange={set("tpot", "")}
          />
          <TextField
            label="users per rack at least"
            value={text("fewest", "")}
            error={limitError(text("fewest", ""))}
            onChange={set("fewest", "")}
          />
        </fieldset>
        <Specs
          specs={variants}
          offered={offer.variants}
          errors={errors}
          onChange={(specs) => change({ variant: specs })}
        />
        <Reader {...props} except={ofTheRack} />
      </form>
      <div class="results" ref={element} aria-busy={isOpen}>
        {error !== undefined && (
          <p class="error" role="alert">
            {error}
          </p>
        )}
        {answer?.figure && <Figure figure={answer.figure} />}
        <p class="status" data-first-ms={firstMs?.toFixed(0)} data-all-ms={allMs?.toFixed(0)}>
          {isOpen ? "working out prices …" : ""}
        </p>
        {answer?.notes.map((note) => (
          <p key={note}>{note}</p>
        ))}
        {answer && <Command text={answer.command} />}
        {answer?.table && (
          <Table table={answer.table} caption="Scores and costs; * marks what no other variant beats" />
        )}
      </div>
    </div>
  );
}

export const frontierPanel: Panel = {
  name: "frontier",
  title: "Frontier",
  question: "Which variants does none beat in both accuracy and cost?",
  View: Frontier,
};
