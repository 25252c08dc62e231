import { describe, expect, it } from "vitest";
import { placeLabels } from "../../src/figures/labels.ts";
import type { LabelledPanel } from "../../src/figures/labels.ts";
import { Random } from "../../src/core/random.ts";

/** Left, right, top and bottom of each placed label: a line of 10 pixels in DejaVu Sans is 12 high. */
function boxes(panel: LabelledPanel): [number, number, number, number][] {
  return placeLabels(panel).flatMap((place, i): [number, number, number, number][] => {
    if (place === undefined) return [];
    const [x, y] = [panel.marks[i]!.x + place.dx, panel.marks[i]!.y + place.dy];
    const half = 3 * place.label.length;
    return [[x - half, x + half, y - 6, y + 6]];
  });
}

describe("placeLabels", () => {
  const [width, height] = [400, 260];
  const random = new Random("labels");
  const marks = Array.from({ length: 40 }, (_, i) => ({
    x: width * random.uniform(),
    y: height * random.uniform(),
    text: i % 4 === 0 ? `variant ${i}` : undefined,
  }));

  it("covers no mark and no other label, and stays inside the frame", () => {
    const placed = boxes({ width, height, marks });
    expect(placed).toHaveLength(10);
    placed.forEach(([left, right, top, bottom], i) => {
      expect(left).toBeGreaterThanOrEqual(0);
      expect(right).toBeLessThanOrEqual(width);
      expect(top).toBeGreaterThanOrEqual(0);
      expect(bottom).toBeLessThanOrEqual(height);
      for (const { x, y } of marks) expect(x > left && x < right && y > top && y < bottom).toBe(false);
      for (const [l, r, t, b] of placed.slice(0, i))
        expect(left < r && l < right && top < b && t < bottom).toBe(false);
    });
  });

  it("puts a lone label at its mark's right, and at the left of a mark at the edge", () => {
    const alone = (x: number) => placeLabels({ width, height, marks: [{ x, y: 100, text: "dsa" }] })[0]!;
    expect(alone(100)).toMatchObject({ dx: 7 + 9, dy: 0, leads: false });
    expect(alone(395)).toMatchObject({ dx: -7 - 9, dy: 0, leads: false });
  });

  it("keeps off lines, and leaves out a label without a place", () => {
    const line = { from: [0, 100], to: [400, 100] } as const;
    const [place] = placeLabels({ width, height, marks: [{ x: 100, y: 100, text: "dsa" }], lines: [line] });
    expect(Math.abs(place!.dy)).toBeGreaterThan(6);
    expect(placeLabels({ width: 20, height, marks: [{ x: 10, y: 100, text: "dsa" }] })).toEqual([undefined]);
  });
});
