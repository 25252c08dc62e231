import { numberColumn } from "../../core/table.ts";
import { resultTable } from "../../runs/tables.ts";
import type { ResultTable } from "../../runs/tables.ts";
import type { SurfacePoint } from "./surface.ts";

/** data.csv: a row a point of the surface. */
export const surfaceTable = (surface: readonly SurfacePoint[]): ResultTable =>
  resultTable({
    name: "data",
    title: "one row a point of the surface",
    columns: [
      numberColumn("priceRatio", "price of the dearer model over the cheaper one's, input and output"),
      numberColumn("promptPerOutput", "prompt tokens for each output token of the cheaper model"),
      numberColumn("cachedShare", "share of the prompt that a cache serves"),
      numberColumn("reduction", "share of the output tokens that the dearer model saves"),
      numberColumn("costChange", "cost of a task with the dearer model over the cheaper one's, minus 1"),
      numberColumn(
        "breakEven",
        "reduction at which both cost the same; over 1 where no answer is short enough",
      ),
    ],
    rows: surface,
    primaryKey: ["priceRatio", "promptPerOutput", "cachedShare", "reduction"],
  });
