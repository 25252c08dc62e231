import { msaModuleDecode, msaModulePrefill } from "../../kernels/block-module.ts";
import { compressedModuleDecode, compressedModulePrefill } from "../../kernels/compressed-module.ts";
import {
  dsaModuleDecode,
  dsaModulePrefill,
  mlaModuleDecode,
  mlaModulePrefill,
} from "../../kernels/latent-module.ts";
import { decodeTokens, prefillTokens } from "./attention-files.ts";
import { cacheDtypes, operandDtypes } from "./dtypes.ts";
import type { MeasuredFile } from "./file.ts";
import { compressedGeometry, compressedModels, latentModels, modelOf, msaModels } from "./geometry.ts";
import type { MeasuredRow } from "./rows.ts";

const stored = (row: MeasuredRow) => ({
  queryHeads: row.number("query_heads", 1),
  weights: row.choice("weight_dtype", operandDtypes),
  kvDtype: row.choice("kv_dtype", cacheDtypes),
});

const latent = (row: MeasuredRow) => ({ ...modelOf(row, latentModels), ...stored(row) });

const compressed = (row: MeasuredRow, kind: "csa" | "hca") => ({
  ...compressedGeometry(modelOf(row, compressedModels), kind),
  ...stored(row),
});

const blocks = (row: MeasuredRow) => ({
  ...modelOf(row, msaModels),
  ...stored(row),
  kvHeads: Math.max(1, Math.floor(row.number("query_heads", 1) / 16)),
});

export const moduleFiles: readonly MeasuredFile[] = [
  {
    file: "mla-module-prefill",
    predict: (machine, row) => mlaModulePrefill(machine, { ...latent(row), ...prefillTokens(row) }),
  },
  {
    file: "mla-module-decode",
    predict: (machine, row) => mlaModuleDecode(machine, { ...latent(row), ...decodeTokens(row) }),
  },
  {
    file: "dsa-module-prefill",
    predict: (machine, row) => dsaModulePrefill(machine, { ...latent(row), ...prefillTokens(row) }),
  },
  {
    file: "dsa-module-decode",
    predict: (machine, row) => dsaModuleDecode(machine, { ...latent(row), ...decodeTokens(row) }),
  },
  ...(["csa", "hca"] as const).flatMap((kind): MeasuredFile[] => [
    {
      file: `dsv4-${kind}-module-prefill`,
      predict: (machine, row) =>
        compressedModulePrefill(machine, {
          ...compressed(row, kind),
          ...prefillTokens(row, row.number("prefix_tokens")),
        }),
    },
    {
      file: `dsv4-${kind}-module-decode`,
      predict: (machine, row) =>
        compressedModuleDecode(machine, { ...compressed(row, kind), ...decodeTokens(row) }),
    },
  ]),
  {
    file: "msa-module-prefill",
    predict: (machine, row) => msaModulePrefill(machine, { ...blocks(row), ...prefillTokens(row) }),
  },
  {
    file: "msa-module-decode",
    predict: (machine, row) => msaModuleDecode(machine, { ...blocks(row), ...decodeTokens(row) }),
  },
];
