import { cellNumber } from "./format.ts";
import type { CsvTraceFormat } from "./format.ts";

/**
 * BurstGPT: requests to ChatGPT and GPT-4 of a university, timestamps in seconds. Requests that failed have no response
 * tokens, and are left out.
 *
 * Wang et al. 2024, BurstGPT, arXiv 2401.17644; https://github.com/HPMLL/BurstGPT (data/BurstGPT_1.csv).
 */
export const burstGpt: CsvTraceFormat = {
  name: "BurstGPT",
  columns: ["Timestamp", "Model", "Request tokens", "Response tokens"],
  requestOf(row) {
    const [inputTokens, outputTokens] = [
      cellNumber(row["Request tokens"]),
      cellNumber(row["Response tokens"]),
    ];
    if (inputTokens === 0 || outputTokens === 0) return undefined;
    return { arrivalSeconds: cellNumber(row.Timestamp), inputTokens, outputTokens };
  },
};
