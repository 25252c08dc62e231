import type { JSX } from "preact";
import type { PanelProps } from "../panels/panel.ts";
import { valuesOf } from "../values.ts";
import { Slider, TextField } from "./fields.tsx";

const usual = { task: "graphwalks", users: 64 } as const;

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
export const usersOf = (props: PanelProps): number => valuesOf(props).number("users", usual.users);

/** The slider of the users. */
export function UsersSlider({ label, ...props }: PanelProps & { readonly label: string }): JSX.Element {
  const set = valuesOf(props).set("users", usual.users);
  return (
    <Slider
      label={label}
      min={1}
      max={512}
      step={1}
      value={usersOf(props)}
      onChange={(value) => set(Math.max(1, Math.round(value)))}
    />
  );
}
