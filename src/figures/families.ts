import { curves, scoreMeasure } from "./aggregate.ts";
import { distinct } from "../core/group.ts";
import { familiesOf, manyFamilies, manyLengths } from "./applies.ts";
import type { Figure } from "./figure.ts";
import { lengthCurves } from "./length-curves.ts";
import { shareAxis } from "./axes.ts";

/** Variant that every panel shows beside its family. */
const reference = "dense";

export const families: Figure = {
  name: "families",
  summary: "score against context length, a panel for each family of variants and benchmark, beside dense",
  needs: "variants of more than five families at several lengths",
  applies: (rows) => manyLengths(rows) && manyFamilies(rows),
  spec(rows, { title }) {
    const all = curves(rows, scoreMeasure);
    const familyOf = familiesOf(rows);
    const benchmarks = distinct(all.map(({ panel }) => panel));
    const points = distinct(all.map(({ series }) => familyOf(series))).flatMap((family) =>
      benchmarks.flatMap((benchmark) =>
        all
          .filter(({ panel }) => panel === benchmark)
          .filter(({ series }) => series === reference || familyOf(series) === family)
          .map((point) => ({ ...point, panel: `${family}: ${benchmark}` })),
      ),
    );
    return lengthCurves({
      title,
      subtitle: "mean score of simulated trials; in each panel a family beside dense",
      points,
      y: shareAxis("score"),
      height: 150,
    });
  },
};
