import { bytesReadOf, curves, measured } from "./aggregate.ts";
import { manyLengths } from "./applies.ts";
import type { Figure } from "./figure.ts";
import { lengthCurves } from "./length-curves.ts";
import { bytesAxis } from "./axes.ts";

export const bytesRead: Figure = {
  name: "bytes-read",
  summary: "K, V and index that one decode step reads, against context length",
  needs: "rows of several lengths, with bytes read",
  applies: (rows) => manyLengths(rows) && rows.some((row) => bytesReadOf(row) !== null),
  spec(rows, { title }) {
    const points = curves(rows, measured(bytesReadOf));
    return lengthCurves({
      title,
      subtitle:
        "K, V and index that one decode step of one attention layer reads, as each variant's cost formula says",
      points,
      isLog: true,
      y: bytesAxis(
        points.map(({ mean }) => mean),
        "bytes read",
      ),
    });
  },
};
