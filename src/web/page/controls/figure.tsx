import type { JSX, TargetedPointerEvent } from "preact";
import { useState } from "preact/hooks";
import type { DrawnFigure } from "../../questions.ts";
import { pngOf, save } from "../download.ts";
import { askOnce } from "../library.ts";

interface Tip {
  readonly text: string;
  readonly left: number;
  readonly top: number;
}

/** The label of a mark, if it is one that stands for numbers: axes, legends and lines are none. */
function labelOf(target: EventTarget | null): string | undefined {
  if (!(target instanceof Element)) return undefined;
  const { kind = "", label } = (target as SVGElement).dataset;
  return /^(point|circle|square|symbol|bar|rect|rule)\b/.test(kind) ? label : undefined;
}

/** Saves a figure as the command line draws it. */
async function saveFigure({ name, spec }: DrawnFigure, format: "svg" | "png"): Promise<void> {
  const svg = await askOnce({ slot: `file of ${name}`, name: "file", question: { spec } });
  save(`${name}.${format}`, format === "svg" ? new Blob([svg], { type: "image/svg+xml" }) : await pngOf(svg));
}

export interface FigureProps {
  readonly figure: DrawnFigure;
  /** of the image, for a screen reader; default: the title */
  readonly label?: string;
  /** true: it keeps its own width, and scrolls where the page is narrower */
  readonly wide?: boolean;
}

/** A figure with its titles. A pointer on a mark shows what it stands for; the table beside it says the same to a reader of text. */
export function Figure({ figure, label = figure.title, wide = false }: FigureProps): JSX.Element {
  const [tip, setTip] = useState<Tip>();
  const point = ({ target, currentTarget, clientX, clientY }: TargetedPointerEvent<HTMLElement>): void => {
    const text = labelOf(target);
    if (text === undefined) {
      setTip(undefined);
      return;
    }
    const box = currentTarget.getBoundingClientRect();
    setTip({
      text,
      left: Math.min(clientX - box.left + 12, Math.max(0, box.width - 240)),
      top: clientY - box.top + 14,
    });
  };
  // a finger leaves as soon as it is lifted, and its note stays
  const leave = ({ pointerType }: PointerEvent): void => {
    if (pointerType !== "touch") setTip(undefined);
  };
  return (
    <figure class="figure">
      <figcaption>
        <strong>{figure.title}</strong>
        {figure.subtitle !== "" && <span>{figure.subtitle}</span>}
      </figcaption>
      <div
        class={wide ? "plot wide" : "plot"}
        tabIndex={wide ? 0 : undefined}
        role={wide ? "region" : undefined}
        aria-label={wide ? `picture: ${label}` : undefined}
        onPointerMove={point}
        onPointerDown={point}
        onPointerLeave={leave}
      >
        <div role="img" aria-label={label} dangerouslySetInnerHTML={{ __html: figure.svg }} />
        {tip && (
          <div class="tip" style={{ left: `${tip.left}px`, top: `${tip.top}px` }}>
            {tip.text.split("; ").map((line) => (
              <div key={line}>{line}</div>
            ))}
          </div>
        )}
      </div>
      <div class="save">
        {(["svg", "png"] as const).map((format) => (
          <button
            key={format}
            type="button"
            aria-label={`${format.toUpperCase()} of ${figure.name}`}
            onClick={() => void saveFigure(figure, format)}
          >
            {format.toUpperCase()}
          </button>
        ))}
      </div>
    </figure>
  );
}
