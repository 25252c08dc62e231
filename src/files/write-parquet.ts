import { parquetWriteBuffer } from "hyparquet-writer";
import type { BasicType, ColumnSource } from "hyparquet-writer";
import type { CellValue, Column, TableRow } from "../core/table.ts";

/** Parquet types by the types of columns. */
const parquetTypes = {
  string: "STRING",
  integer: "INT64",
  number: "DOUBLE",
  boolean: "BOOLEAN",
} as const satisfies Record<Column["type"], BasicType>;

/**
 * Rows as a Parquet file, columns in order. Null is a null, and columns of text have none. Equal rows give equal bytes.
 *
 * @throws RangeError for a fraction in a column of integers
 */
export function formatParquet(columns: readonly Column[], rows: readonly TableRow[]): Uint8Array {
  const columnData = columns.map(({ name, type }): ColumnSource => {
    const stored = (value: CellValue): CellValue | bigint =>
      type === "integer" && value !== null ? BigInt(value) : value;
    return {
      name,
      type: parquetTypes[type],
      nullable: type !== "string",
      data: rows.map((row) => stored(row[name] ?? null)),
    };
  });
  return new Uint8Array(parquetWriteBuffer({ columnData }));
}
