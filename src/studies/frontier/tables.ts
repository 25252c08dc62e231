import { booleanColumn, integerColumn, numberColumn, orEmpty, textColumn } from "../../core/table.ts";
import { fewestForInterval, intervalKinds } from "../../core/stats.ts";
import { resultTable } from "../../runs/tables.ts";
import type { ResultTable } from "../../runs/tables.ts";
import type { FrontierPoint } from "./result.ts";

/** data.csv: a row a variant. */
export const frontierTable = (points: readonly FrontierPoint[]): ResultTable =>
  resultTable({
    name: "data",
    title: "one row a variant",
    columns: [
      textColumn("system", "system"),
      textColumn("model", "model whose layers attend with the variant"),
      textColumn("variant", "attention variant"),
      integerColumn("tokens", "context", "tokens"),
      numberColumn("score", "mean of the tasks' mean scores"),
      numberColumn("low", "lower end of its 95% interval, or of the range of too few trials"),
      numberColumn("high", "upper end"),
      textColumn(
        "kind",
        `${intervalKinds.join(" or ")}: an interval, or the range of fewer than ${fewestForInterval} trials`,
      ),
      integerColumn("trials", "trials of the score"),
      orEmpty(numberColumn("tpotSeconds", "time of an output token; empty where the users do not fit", "s")),
      integerColumn("usersPerRack", "users whose caches fit the system"),
      orEmpty(
        numberColumn(
          "dollarsPerMillionInput",
          "price of a million input tokens; empty where no plan meets the limit",
          "USD",
        ),
      ),
      orEmpty(numberColumn("dollarsPerMillionOutput", "price of a million output tokens", "USD")),
      booleanColumn("bestTpot", "no other variant is as accurate and as fast"),
      booleanColumn("bestUsers", "no other variant is as accurate and serves as many"),
      booleanColumn("bestPrice", "no other variant is as accurate and as cheap"),
    ],
    rows: points.map((point) => ({ ...point })),
    primaryKey: ["system", "model", "variant"],
  });
