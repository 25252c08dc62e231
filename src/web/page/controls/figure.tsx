import type { JSX, TargetedPointerEvent } from "preact";
import { useState } from "preact/hooks";
import type { DrawnFigure } from "../../questions.ts";

interface Tip {
  readonly text: string;
  readonly left: number;
  readonly top: number;
}

/** Labels that Vega writes on lines and areas, and on axes and legends: they name no single point. */
const isPoint = (mark: Element): boolean => {
  const kind = mark.getAttribute("aria-roledescription") ?? "";
  return mark.hasAttribute("aria-label") && /^(point|symbol|bar|rect|rule) /.test(`${kind} `);
};

/** A figure with its titles. A pointer on a mark shows what it stands for; the table beside it says the same to a reader of text. */
export function Figure({
  figure,
  label,
}: {
  readonly figure: DrawnFigure;
  readonly label?: string;
}): JSX.Element {
  const [tip, setTip] = useState<Tip>();
  const point = ({ target, currentTarget, clientX, clientY }: TargetedPointerEvent<HTMLElement>): void => {
    const mark = target instanceof Element ? target : undefined;
    if (mark === undefined || !isPoint(mark)) {
      setTip(undefined);
      return;
    }
    const box = currentTarget.getBoundingClientRect();
    setTip({
      text: mark.getAttribute("aria-label") ?? "",
      left: Math.min(clientX - box.left + 12, Math.max(0, box.width - 240)),
      top: clientY - box.top + 14,
    });
  };
  return (
    <figure class="figure">
      <figcaption>
        <strong>{figure.title}</strong>
        {figure.subtitle !== "" && <span>{figure.subtitle}</span>}
      </figcaption>
      <div class="plot" onPointerMove={point} onPointerDown={point} onPointerLeave={() => setTip(undefined)}>
        <div role="img" aria-label={label ?? figure.title} dangerouslySetInnerHTML={{ __html: figure.svg }} />
        {tip && (
          <div class="tip" style={{ left: `${tip.left}px`, top: `${tip.top}px` }}>
            {tip.text.split("; ").map((line) => (
              <div key={line}>{line}</div>
            ))}
          </div>
        )}
      </div>
    </figure>
  );
}
