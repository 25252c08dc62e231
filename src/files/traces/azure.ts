import { cellNumber } from "./format.ts";
import type { CsvTraceFormat } from "./format.ts";

/** Date, time with a fraction, and perhaps an offset from UTC: 2023-11-16 18:15:46.6805900, 2024-05-12 00:00:00+00:00. */
const time = /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d(?:\.\d+)?)(?:Z|([+-])(\d\d):(\d\d))?$/;

/** Seconds of a timestamp since 1970, all digits of the fraction kept; NaN for another form. */
function secondsOf(text: string): number {
  const found = time.exec(text);
  if (found === null) return NaN;
  const [year, month, day, hours, minutes] = found.slice(1, 6).map(Number) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const offset =
    found[7] === undefined ? 0 : Number(`${found[7]}1`) * (60 * Number(found[8]) + Number(found[9]));
  return Date.UTC(year, month - 1, day, hours, minutes - offset) / 1000 + Number(found[6]);
}

/**
 * LLM inference traces of Azure, of 2023 and 2024. Rows without tokens are no requests.
 *
 * https://github.com/Azure/AzurePublicDataset, AzureLLMInferenceDataset2023.md and AzureLLMInferenceDataset2024.md.
 */
export const azure: CsvTraceFormat = {
  name: "Azure",
  columns: ["TIMESTAMP", "ContextTokens", "GeneratedTokens"],
  requestOf(row) {
    const [inputTokens, outputTokens] = [cellNumber(row.ContextTokens), cellNumber(row.GeneratedTokens)];
    if (inputTokens === 0 || outputTokens === 0) return undefined;
    return { arrivalSeconds: secondsOf(row.TIMESTAMP!), inputTokens, outputTokens };
  },
};
