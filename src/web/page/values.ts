import type { PanelProps } from "./panels/panel.ts";

/** Values of the address for a view, and setters that leave defaults out of the address. */
export interface ValuesUse {
  readonly text: (name: string, usual: string) => string;
  readonly number: (name: string, usual: number) => number;
  readonly list: (name: string, usual: readonly string[]) => readonly string[];
  /** a function that sets a value, and takes it out of the address where it is the default */
  readonly set: (name: string, usual: string | number) => (value: string | number) => void;
}

export const valuesOf = ({ values, change }: Pick<PanelProps, "values" | "change">): ValuesUse => ({
  text: (name, usual) => values[name]?.[0] ?? usual,
  number: (name, usual) => Number(values[name]?.[0] ?? usual),
  list: (name, usual) => values[name] ?? usual,
  set: (name, usual) => (value) =>
    change({ [name]: String(value) === String(usual) ? undefined : [String(value)] }),
});
