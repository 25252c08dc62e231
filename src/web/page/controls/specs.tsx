import type { JSX } from "preact";
import { useId } from "preact/hooks";

export interface SpecsProps {
  readonly specs: readonly string[];
  readonly onChange: (specs: readonly string[]) => void;
  readonly offered: readonly { readonly name: string; readonly summary: string; readonly family: string }[];
  /** errors by spec */
  readonly errors: Readonly<Record<string, string>>;
}

/** Attention variants as editable specs, each with its error. */
export function Specs({ specs, onChange, offered, errors }: SpecsProps): JSX.Element {
  const id = useId();
  const families = [...new Set(offered.map(({ family }) => family))];
  return (
    <fieldset class="specs">
      <legend>attention variants</legend>
      <datalist id={`${id}-names`}>
        {offered.map(({ name, summary }) => (
          <option key={name} value={name} label={summary} />
        ))}
      </datalist>
      <ol>
        {specs.map((spec, i) => {
          const error = errors[spec];
          return (
            <li key={i}>
              <input
                type="text"
                aria-label={`variant ${i + 1}`}
                list={`${id}-names`}
                value={spec}
                spellcheck={false}
                autocapitalize="off"
                autocomplete="off"
                aria-invalid={error !== undefined}
                aria-describedby={error === undefined ? undefined : `${id}-${i}`}
                onInput={({ currentTarget: { value } }) =>
                  onChange(specs.map((each, j) => (j === i ? value : each)))
                }
              />
              <button
                type="button"
                aria-label={`remove variant ${i + 1}, ${spec}`}
                onClick={() => onChange(specs.filter((_, j) => j !== i))}
              >
                ×
              </button>
              {error !== undefined && (
                <p class="error" id={`${id}-${i}`} role="alert">
                  {error}
                </p>
              )}
            </li>
          );
        })}
      </ol>
      <label for={`${id}-add`}>add</label>
      <select
        id={`${id}-add`}
        value=""
        onChange={({ currentTarget }) => {
          if (currentTarget.value !== "") onChange([...specs, currentTarget.value]);
          currentTarget.value = "";
        }}
      >
        <option value="">a variant …</option>
        {families.map((family) => (
          <optgroup key={family} label={family}>
            {offered
              .filter((each) => each.family === family)
              .map(({ name, summary }) => (
                <option key={name} value={name}>
                  {name}: {summary}
                </option>
              ))}
          </optgroup>
        ))}
      </select>
      <small>
        Specs compose: <code>dsa(k=512)+fp8</code>, <code>dense+yarn</code>,{" "}
        <code>layers(3*sink-window|dense)</code>.
      </small>
    </fieldset>
  );
}
