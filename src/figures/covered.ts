import { groupBy } from "../core/group.ts";

/** A point of a line: its panel, its line and its place along the lines. */
export interface LinePoint {
  readonly panel: string;
  readonly series: string;
  readonly tokens: number;
}

/** Difference, as a share of the axis, up to which two points lie on each other. */
const near = 0.008;

/** A line that most of these parts are hidden of is widened. */
const mostly = 0.6;

/** Parts of a line between neighbouring points at which another line lies on it. */
function partsUnder(below: ReadonlyMap<number, number>, above: ReadonlyMap<number, number>): boolean[] {
  const shared = [...below].map(
    ([tokens, place]) => Math.abs((above.get(tokens) ?? Infinity) - place) < near,
  );
  return shared.slice(1).map((covered, i) => covered && shared[i]!);
}

/**
 * Adds to each point the number of lines that lie on top of each other above its line: 0 for a line that can be seen, one
 * more than the lines above it for a line that they hide. A line that is wider by that many steps shows at their edges.
 *
 * @param place of a point along the y axis, from 0 to 1
 */
export function withCovers<P extends LinePoint>(
  points: readonly P[],
  place: (point: P) => number,
): readonly (P & { readonly covers: number })[] {
  return [...groupBy(points, ({ panel }) => panel).values()].flatMap((panel) => {
    const lines = [...groupBy(panel, ({ series }) => series)].map(([series, own]) => ({
      series,
      places: new Map(
        own
          .map((point): [number, number] => [point.tokens, place(point)])
          .sort(([first], [second]) => first - second),
      ),
    }));
    const covers = new Map<string, number>();
    lines.toReversed().forEach(({ series, places }, drawnAfter) => {
      const above = lines
        .slice(lines.length - drawnAfter)
        .map((later) => ({ series: later.series, parts: partsUnder(places, later.places) }))
        .filter(({ parts }) => parts.some(Boolean));
      const hidden = Array.from({ length: places.size - 1 }, (_, i) => above.some(({ parts }) => parts[i]));
      const isHidden = hidden.filter(Boolean).length >= mostly * hidden.length && above.length > 0;
      covers.set(series, isHidden ? 1 + Math.max(...above.map((later) => covers.get(later.series) ?? 0)) : 0);
    });
    return panel.map((point) => ({ ...point, covers: covers.get(point.series) ?? 0 }));
  });
}

/** Places of values on a log axis from the least to the greatest, from 0 to 1. */
export function logPlace(values: readonly number[]): (value: number) => number {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return (value) => (high > low ? Math.log(value / low) / Math.log(high / low) : 0);
}

/** Properties of a line and of its marks: wider for a line with others on it. */
export const lineWidth = { strokeWidth: { expr: "1.7 + 1.7 * min(datum.covers, 5)" } } as const;
export const markSize = { size: { expr: "34 + 40 * min(datum.covers, 5)" } } as const;
