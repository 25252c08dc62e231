import type { JSX } from "preact";
import { formatBytes } from "../../../core/units.ts";
import type { MemoryBar } from "../../questions.ts";

/** Number of a part's colour: the same in every memory. */
const colourOf = (part: string): number =>
  Math.max(0, ["weights", "passes and runtime", "caches"].indexOf(part));

/** A memory as a bar: its contents beside its size, and beyond its end what is short. */
export function Memory({ bar }: { readonly bar: MemoryBar }): JSX.Element {
  const held = bar.parts.reduce((sum, { bytes }) => sum + bytes, 0);
  const scale = Math.max(bar.size, held);
  const percent = (bytes: number): string => `${(100 * bytes) / scale}%`;
  return (
    <div class="memory">
      <div>
        {bar.memory}: {formatBytes(held)} of {formatBytes(bar.size)}
        {bar.short > 0 && <strong class="error"> short of {formatBytes(bar.short)}</strong>}
      </div>
      <div class="bar" aria-hidden="true">
        {bar.parts.map(({ part, bytes }) => (
          <span key={part} class={`part part-${colourOf(part)}`} style={{ width: percent(bytes) }} />
        ))}
        <span class="end" style={{ left: percent(bar.size) }} />
      </div>
      <ul>
        {bar.parts.map(({ part, bytes }) => (
          <li key={part}>
            <span class={`key part-${colourOf(part)}`} aria-hidden="true" /> {part} {formatBytes(bytes)}
          </li>
        ))}
        {held < bar.size && <li>free {formatBytes(bar.size - held)}</li>}
      </ul>
    </div>
  );
}
