import type { JSX } from "preact";
import type { OfferedParam } from "../../questions.ts";
import type { PanelProps } from "../panels/panel.ts";
import { valuesOf, wrongNumber } from "../values.ts";
import { SelectField, Slider, TextField } from "./fields.tsx";

export interface ReaderProps extends Pick<PanelProps, "offer" | "values"> {
  /** parameters that a view has no use for */
  readonly except?: readonly string[];
}

const shownOf = ({ offer, except = [] }: Pick<ReaderProps, "offer" | "except">): OfferedParam[] =>
  offer.reader.filter(({ name }) => !except.includes(name));

/** Reader parameters of the address, as numbers and texts. */
export function readerOf({ values, ...props }: ReaderProps): Record<string, number | string> {
  return Object.fromEntries(
    shownOf(props).flatMap(({ name, slider }): [string, number | string][] => {
      const text = values[name]?.[0];
      if (text === undefined) return [];
      if (slider === undefined) return [[name, text]];
      return wrongNumber(text) === undefined ? [[name, Number(text)]] : [];
    }),
  );
}

/** Parameters of the reader, which all views share. */
export function Reader({ except = [], ...props }: PanelProps & ReaderProps): JSX.Element {
  return (
    <details>
      <summary>Reader</summary>
      {shownOf({ ...props, except }).map((param) => (
        <ReaderField key={param.name} param={param} {...props} />
      ))}
    </details>
  );
}

/** The field of a reader parameter: a slider, a choice, or a spec. */
function ReaderField({ param, ...props }: PanelProps & { readonly param: OfferedParam }): JSX.Element {
  const { name, doc, slider, choices, default: usual } = param;
  const { text, number, wrong, set } = valuesOf(props);
  const value = text(name, String(usual));
  const field = { label: name, hint: doc, onChange: set(name, usual) };
  if (slider)
    return <Slider {...field} {...slider} value={number(name, Number(usual))} error={wrong(name)} />;
  if (choices)
    return (
      <SelectField {...field} value={value} options={choices.map((each) => ({ value: each, text: each }))} />
    );
  return <TextField {...field} value={value} suggested={props.offer.shapings.map((each) => each.name)} />;
}
