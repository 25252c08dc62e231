import type { Command } from "@commander-js/extra-typings";
import { parseSpec } from "../../attention/spec.ts";
import type { AttentionSpec } from "../../attention/spec.ts";
import { shapesOf } from "../../attention/tensors.ts";
import type { TensorShapes } from "../../attention/tensors.ts";
import type { StepCost } from "../../core/cost.ts";
import { kvDtypeBytes } from "../../core/dtype.ts";
import { UsageError } from "../../core/errors.ts";
import { formatBytes } from "../../core/units.ts";
import { loadEngine } from "../../engines/registry.ts";
import { attendFiles } from "../attend-files.ts";
import type { HeadReport } from "../attend-files.ts";
import { writeNpy } from "../../files/npy.ts";
import { TensorFile } from "../../files/tensor-file.ts";
import { integer, positive } from "../options/values.ts";
import { formatTable } from "../print/table.ts";

const notes = `
Tensors are .npy or .safetensors (f16, bf16, f32, f64): q (queryHeads, Q, d), k and v (kvHeads, N, d). Query i stands
at position N - Q + i and sees the keys up to there; scores are q.k / sqrt(d). A .safetensors file may hold several
tensors: name one as file.safetensors:tensor, or leave it to be called q, k or v.

Dense mass is the share of dense attention's weight that lies on the rows which the variant read; error is the
distance of its output from dense attention's, relative to the latter's length.`;

/** `attnsim attend`: a variant on tensors of the user's own. */
export default function attendCommand(command: Command): void {
  command
    .requiredOption("--variant <spec>", "attention variant: quest(budget=512)+fp8")
    .requiredOption("--q <file>", "queries")
    .requiredOption("--k <file>", "keys")
    .requiredOption("--v <file>", "values")
    .option("--out <file>", "where to write the output (queryHeads, Q, d), .npy of float32")
    .option("--engine <name>", "numeric engine", "wasm")
    .option("--threads <n>", "threads of the engine", integer(1))
    .option("--memory-gb <gb>", "refuse what needs more (default: what is free)", positive)
    .option("--no-compare", "leave out dense mass and error, which need dense attention too")
    .option("--json", "print JSON")
    .addHelpText("after", notes)
    .action(async ({ variant, out, engine, threads, memoryGb, compare, json, ...paths }) => {
      const spec = parseSpec(variant);
      if (out !== undefined && !out.endsWith(".npy"))
        throw new UsageError(`--out must end in .npy; got ${out}`);
      const files = openAll(paths);
      try {
        const shapes = shapesOf(files.k, files.v, files.q);
        const cost = costOf(spec, shapes);
        refuseUnfit(
          neededBytes(engine, shapes, cost),
          memoryGb === undefined ? process.availableMemory() : memoryGb * 1e9,
        );
        const ops = await loadEngine(engine, threads === undefined ? {} : { threads });
        try {
          const { output, heads } = attendFiles(files, spec, ops, compare);
          if (out !== undefined) writeNpy(out, files.q.shape, [output]);
          const report = { variant: spec.resolved, engine, threads: ops.threads, ...shapes, cost, heads };
          console.log(json ? JSON.stringify({ ...report, out }, null, 2) : layOut(report));
        } finally {
          ops.close();
        }
      } finally {
        for (const file of Object.values(files)) file.close();
      }
    });
}

type Files = Readonly<Record<"q" | "k" | "v", TensorFile>>;

function openAll(paths: Readonly<Record<"q" | "k" | "v", string>>): Files {
  const open: TensorFile[] = [];
  const next = (name: "q" | "k" | "v"): TensorFile => {
    const file = TensorFile.open(paths[name], name);
    open.push(file);
    return file;
  };
  try {
    return { q: next("q"), k: next("k"), v: next("v") };
  } catch (error) {
    for (const file of open) file.close();
    throw error;
  }
}

const costOf = ({ variant, params, kvDtype = "f32" }: AttentionSpec, shapes: TensorShapes): StepCost =>
  variant.cost({ ...shapes, bytesPerElement: kvDtypeBytes[kvDtype] }, params);

/** Program and scratch that do not grow with the tensors. */
const baseBytes = 300e6;

/** K, V and index in the engine's memory (an index of narrow elements takes four times its modelled bytes); q, out. */
function neededBytes(
  engine: string,
  { kvHeads, tokens, headDim, queryHeads, queries }: TensorShapes,
  { indexKeptBytes }: StepCost,
): number {
  const element = engine === "reference" ? 8 : 4;
  const cache = 2 * kvHeads * tokens * headDim * element;
  return baseBytes + cache + indexKeptBytes * element + 4 * queryHeads * queries * headDim * 8;
}

function refuseUnfit(needed: number, available: number): void {
  if (needed > available)
    throw new UsageError(
      `these tensors need ${formatBytes(needed)} of memory; allowed are ${formatBytes(available)} (--memory-gb)`,
    );
}

interface Report extends TensorShapes {
  readonly variant: string;
  readonly engine: string;
  readonly threads: number;
  readonly cost: StepCost;
  readonly heads: readonly HeadReport[];
}

function layOut({ variant, engine, threads, cost, heads, ...shapes }: Report): string {
  const { queryHeads, kvHeads, queries, tokens, headDim } = shapes;
  const percent = (share: number | undefined): string =>
    share === undefined ? "-" : `${(100 * share).toFixed(2)}%`;
  return [
    `${variant} on ${engine}, ${threads} ${threads === 1 ? "thread" : "threads"}: ${queries} queries of ${queryHeads} heads over ${tokens} tokens of ${kvHeads} kv heads, d ${headDim}`,
    `a decode step keeps ${formatBytes(cost.keptBytes)} (index ${formatBytes(cost.indexKeptBytes)}) and reads ` +
      `${formatBytes(cost.kvReadBytes)} (index ${formatBytes(cost.indexReadBytes)})`,
    "",
    formatTable(
      ["head", "kv head", "tokens read", "entropy (nats)", "dense mass", "error"],
      heads.map(({ head, kvHead, tokensRead, entropy, denseMass, error }) => [
        head,
        kvHead,
        Math.round(tokensRead),
        entropy.toFixed(3),
        percent(denseMass),
        percent(error),
      ]),
    ),
  ].join("\n");
}
