import type { JSX } from "preact";
import type { PanelProps } from "../panels/panel.ts";
import { valuesOf } from "../values.ts";
import type { NumberRange } from "../values.ts";
import { Slider, TextField } from "./fields.tsx";

const usual = { task: "graphwalks", users: 64, trials: 20 } as const;

const userRange: NumberRange = { least: 1, isInteger: true };
const trialRange: NumberRange = { least: 1, most: 10_000, isInteger: true };

/** The number of trials of the address, which Quality and Frontier share. */
export const trialsOf = (props: PanelProps): number =>
  valuesOf(props).number("trials", usual.trials, trialRange);

/** The slider of the trials. */
export function TrialsSlider(props: PanelProps): JSX.Element {
  const { set, wrong } = valuesOf(props);
  return (
    <Slider
      label="problems a point"
      min={1}
      max={100}
      step={1}
      value={trialsOf(props)}
      error={wrong("trials", trialRange)}
      onChange={(value) => set("trials", usual.trials)(Math.max(1, Math.round(value)))}
    />
  );
}

/** The task of the address, which all views share. */
export const taskOf = (props: PanelProps): string => valuesOf(props).text("task", usual.task);

/** The field of the task, with its summary. */
export function TaskField({
  error,
  ...props
}: PanelProps & { readonly error?: string | undefined }): JSX.Element {
  const task = taskOf(props);
  const { tasks } = props.offer;
  return (
    <TextField
      label="task"
      value={task}
      suggested={tasks.map(({ name }) => name)}
      error={error}
      hint={tasks.find(({ name }) => name === task.split("(")[0])?.summary}
      onChange={valuesOf(props).set("task", usual.task)}
    />
  );
}

/** Users who share a system, of the address. */
export const usersOf = (props: PanelProps): number => valuesOf(props).number("users", usual.users, userRange);

/** The slider of the users. */
export function UsersSlider({ label, ...props }: PanelProps & { readonly label: string }): JSX.Element {
  const { set, wrong } = valuesOf(props);
  return (
    <Slider
      label={label}
      min={1}
      max={512}
      step={1}
      value={usersOf(props)}
      error={wrong("users", userRange)}
      onChange={(value) => set("users", usual.users)(Math.max(1, Math.round(value)))}
    />
  );
}
