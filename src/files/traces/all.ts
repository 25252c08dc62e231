import { azure } from "./azure.ts";
import { burstGpt } from "./burst-gpt.ts";
import type { CsvTraceFormat, JsonTraceFormat } from "./format.ts";
import { mooncake } from "./mooncake.ts";
import { ownCsv, ownJson } from "./own.ts";
import { weka } from "./weka.ts";

/** Every format of a CSV; a file has the first whose columns it has. */
export const csvFormats: readonly CsvTraceFormat[] = [ownCsv, azure, burstGpt];

/** Every format of a JSON object a line; a line has the first whose keys it has. */
export const jsonFormats: readonly JsonTraceFormat[] = [ownJson, mooncake, weka];
