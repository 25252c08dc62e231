import type { PanelProps } from "./panels/panel.ts";

/** Numbers that a value may be; default: every number. */
export interface NumberRange {
  readonly least?: number;
  readonly most?: number;
  readonly isInteger?: boolean;
}

/** Values of the address for a view, and setters that leave defaults out of the address. */
export interface ValuesUse {
  readonly text: (name: string, usual: string) => string;
  /** a number; the default in place of one that is wrong */
  readonly number: (name: string, usual: number, range?: NumberRange) => number;
  /** error of a number that is wrong */
  readonly wrong: (name: string, range?: NumberRange) => string | undefined;
  readonly list: (name: string, usual: readonly string[]) => readonly string[];
  /** a function that sets a value, and takes it out of the address where it is the default */
  readonly set: (name: string, usual: string | number) => (value: string | number) => void;
}

/** Error of a text that is no number of a range; undefined for one that is. */
export function wrongNumber(
  text: string,
  { least = -Infinity, most = Infinity, isInteger = false }: NumberRange = {},
): string | undefined {
  const value = text.trim() === "" ? NaN : Number(text);
  const isRight =
    Number.isFinite(value) && value >= least && value <= most && (!isInteger || Number.isInteger(value));
  if (isRight) return undefined;
  const limits = [least > -Infinity && `>= ${least}`, most < Infinity && `<= ${most}`].filter(Boolean);
  const allowed = [isInteger ? "an integer" : "a number", limits.join(" and ")].filter(Boolean).join(" ");
  return `must be ${allowed}; got "${text}"`;
}

export const valuesOf = ({ values, change }: Pick<PanelProps, "values" | "change">): ValuesUse => {
  const wrong: ValuesUse["wrong"] = (name, range) => {
    const text = values[name]?.[0];
    return text === undefined ? undefined : wrongNumber(text, range);
  };
  return {
    text: (name, usual) => values[name]?.[0] ?? usual,
    number: (name, usual, range) =>
      wrong(name, range) === undefined ? Number(values[name]?.[0] ?? usual) : usual,
    wrong,
    list: (name, usual) => values[name] ?? usual,
    set: (name, usual) => (value) =>
      change({ [name]: String(value) === String(usual) ? undefined : [String(value)] }),
  };
};
