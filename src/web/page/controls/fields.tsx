import type { ComponentChildren, JSX, TargetedEvent } from "preact";
import { useId } from "preact/hooks";

interface Named {
  readonly label: string;
  /** a sentence below the field */
  readonly hint?: string | undefined;
  /** what is wrong with the value */
  readonly error?: string | undefined;
}

/** A label with its field, hint and error. */
function Field({
  label,
  hint,
  error,
  id,
  children,
}: Named & { readonly id: string; readonly children: ComponentChildren }): JSX.Element {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children}
      {hint !== undefined && <small id={`${id}-hint`}>{hint}</small>}
      {error !== undefined && (
        <p class="error" id={`${id}-error`} role="alert">
          {error}
        </p>
      )}
    </div>
  );
}

const describedBy = (id: string, { hint, error }: Named): string | undefined =>
  [hint !== undefined && `${id}-hint`, error !== undefined && `${id}-error`].filter(Boolean).join(" ") ||
  undefined;

export interface TextProps extends Named {
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** values to choose from */
  readonly suggested?: readonly string[];
}

/** A field of text, with suggestions. */
export function TextField({ value, onChange, suggested, ...named }: TextProps): JSX.Element {
  const id = useId();
  return (
    <Field id={id} {...named}>
      <input
        id={id}
        type="text"
        value={value}
        spellcheck={false}
        autocapitalize="off"
        autocomplete="off"
        list={suggested && `${id}-list`}
        aria-invalid={named.error !== undefined}
        aria-describedby={describedBy(id, named)}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
      {suggested && (
        <datalist id={`${id}-list`}>
          {suggested.map((each) => (
            <option key={each} value={each} />
          ))}
        </datalist>
      )}
    </Field>
  );
}

export interface SelectProps extends Named {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly options: readonly { readonly value: string; readonly text: string }[];
}

/** A field of one of several options. The address may name another one, which is an error. */
export function SelectField({ value, onChange, options, ...given }: SelectProps): JSX.Element {
  const id = useId();
  const known = options.some((option) => option.value === value);
  const named = { ...given, error: given.error ?? (known ? undefined : `no such choice: "${value}"`) };
  return (
    <Field id={id} {...named}>
      <select
        id={id}
        value={value}
        aria-invalid={named.error !== undefined}
        aria-describedby={describedBy(id, named)}
        onChange={(event) => onChange(event.currentTarget.value)}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.text}
          </option>
        ))}
      </select>
    </Field>
  );
}

export interface SliderProps extends Named {
  readonly value: number;
  readonly onChange: (value: number) => void;
  readonly min: number;
  readonly max: number;
  readonly step: number;
}

/** A slider beside a field of the same number, which may lie outside the slider's range. */
export function Slider({ value, onChange, min, max, step, ...named }: SliderProps): JSX.Element {
  const id = useId();
  const take = ({ currentTarget }: TargetedEvent<HTMLInputElement>): void => {
    if (currentTarget.value !== "") onChange(currentTarget.valueAsNumber);
  };
  return (
    <Field id={id} {...named}>
      <div class="slider">
        <input
          id={id}
          type="range"
          {...{ min, max, step, value }}
          aria-describedby={describedBy(id, named)}
          onInput={take}
        />
        <input
          type="number"
          aria-label={`${named.label}, as a number`}
          aria-invalid={named.error !== undefined}
          step="any"
          value={value}
          onInput={take}
        />
      </div>
    </Field>
  );
}
