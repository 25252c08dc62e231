import { cellNumber } from "./format.ts";
import type { CsvTraceFormat, JsonTraceFormat } from "./format.ts";
import { numberOf } from "./values.ts";

const columns = ["arrival_s", "input_tokens", "output_tokens"] as const;

/** Arrivals in seconds and lengths, as CSV. */
export const ownCsv: CsvTraceFormat = {
  name: "own",
  columns,
  requestOf: (row) => ({
    arrivalSeconds: cellNumber(row.arrival_s),
    inputTokens: cellNumber(row.input_tokens),
    outputTokens: cellNumber(row.output_tokens),
  }),
};

/** The same as JSON. */
export const ownJson: JsonTraceFormat = {
  name: "own",
  keys: columns,
  requestsOf(row, where) {
    const [arrivalSeconds, inputTokens, outputTokens] = columns.map((key) => numberOf(row, key, where)) as [
      number,
      number,
      number,
    ];
    return [{ arrivalSeconds, inputTokens, outputTokens }];
  },
};
