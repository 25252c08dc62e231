import { listText, signedPoints } from "../../src/experiments.ts";
import type { Evidence } from "../../src/experiments.ts";

type Change = NonNullable<Evidence["textReader"]>[number];

/** Whether a change is shown to be better than none: its whole interval is above 0. */
const isShown = ({ gain }: Change): boolean => gain.low > 0;

/** The question of the chapter on attention, asked of a reader whose keys follow the text, if it was asked. */
export function textReader({ textReader: changes, explanation, say }: Evidence): string[] {
  const unchanged = changes?.find(({ rank }) => rank === 0);
  const ofAttention = changes?.filter(({ rank, part }) => rank > 0 && part === "attention") ?? [];
  const [nearest] = ofAttention;
  if (unchanged === undefined || nearest === undefined) return [];
  const error = ({ change, error: { mean, low, high } }: Change): string =>
    say(
      `error of the reader of the text with ${change}`,
      `${mean.toFixed(1)} points, 95% interval ${low.toFixed(1)} to ${high.toFixed(1)}`,
    );
  const gain = ({ change, gain: { mean, low, high } }: Change): string =>
    say(
      `gain of the reader of the text with ${change}`,
      `${signedPoints(mean)} points, ${signedPoints(low)} to ${signedPoints(high)}`,
    );
  const shown = ofAttention.filter(isShown);
  const old = explanation
    ?.filter(({ rank, kind }) => rank > 0 && kind === "attention")
    .map(({ change }) => ofAttention.find((other) => other.change === change))
    .find((change) => change !== undefined);
  return [
    [
      `A reader whose keys follow the text, as that of the comparison with measured scores, was asked too (results/article-reader; ${say("problems a column of the reader of the text", String(unchanged.trials))} problems a column, mean field). Unchanged it is ${error(unchanged)}, off GPT-5.5's columns.`,
      shown.length === 0
        ? `No change of attention is shown to be better than none; the nearest of ${ofAttention.length} is ${nearest.change} (${error(nearest)}; gain ${gain(nearest)}).`
        : `Shown to be better than none: ${listText(shown.map((change) => `${change.change} (${error(change)}; gain ${gain(change)})`))}.`,
      ...(old === undefined
        ? []
        : [
            `The nearest attention of the fitted reader that was asked here, ${old.change}, has a gain of ${gain(old)}: the answer ${isShown(old) ? "survives" : "does not survive"}.`,
          ]),
    ].join(" "),
  ];
}
