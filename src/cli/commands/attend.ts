import type { Command } from "@commander-js/extra-typings";
import { attendFiles } from "../../runs/attend-files.ts";
import { phases } from "../../attention/phase.ts";
import { integer, oneOf, positive } from "../options/values.ts";
import { formatAttend } from "../print/attend.ts";

const notes = `
Tensors are .npy or .safetensors (f16, bf16, f32, f64): q (queryHeads, Q, d), k and v (kvHeads, N, d). Query i stands
at position N - Q + i and sees the keys up to that position; scores are q.k / sqrt(d). v may be of another width than k.
A tensor may have a batch in front, (batch, heads, rows, d), of which --batch chooses a sequence. A .npy file may be in
Fortran order. A .safetensors file may hold several tensors: name one as file.safetensors:tensor. Without a name the
tensors q, k and v are taken.

A variant that chooses by a trained index has a stand-in for it. A capture of the model's own index takes its place, for
dsa and index-share: --index-q (indexHeads, Q, indexDim), --index-k (N, indexDim) and --gates, the weights of the index
heads (indexHeads, Q). \`attnsim describe\` says which tensors a variant takes; the numbers are used as they are.

In prefill the queries are the prompt's own; in decode they follow the prompt. The default is the phase in which the
variant does its own work: prefill for a pattern of prefill (vertical-slash, a-shape, tri-shape, flexprefill,
xattention), and for Q = N unless the variant reads its prompt densely (quest, snapkv) or the dtype rounds after it
(kivi2); otherwise decode.

Dense mass is the share of dense attention's weight on the rows that the variant read. Error is the distance between its
output and the dense output, divided by the length of the dense output.`;

/** `attnsim attend`: a variant on the user's own tensors. */
export default function attendCommand(command: Command): void {
  command
    .requiredOption("--variant <spec>", "attention variant: quest(budget=512)+fp8")
    .requiredOption("--q <file>", "queries")
    .requiredOption("--k <file>", "keys")
    .requiredOption("--v <file>", "values")
    .option("--index-q <file>", "queries of the model's own index, in the place of the variant's")
    .option("--index-k <file>", "keys of the model's own index")
    .option("--index-v <file>", "values of the model's own compressed blocks")
    .option("--gates <file>", "weights of the model's own index heads, or gates of its branches")
    .option("--scale <n>", "factor on q.k (default: 1 / sqrt(d))", positive)
    .option("--phase <name>", "prefill or decode (default: see below)", oneOf("phase", phases))
    .option("--batch <n>", "sequence of tensors (batch, heads, rows, d), from 0", integer(0))
    .option("--out <file>", "file for the output (queryHeads, Q, width of v), .npy of float32")
    .option("--engine <name>", "numeric engine", "wasm")
    .option("--threads <n>", "threads of the engine", integer(1))
    .option("--memory-gb <gb>", "refuse a run that needs more memory (default: the free memory)", positive)
    .option("--no-compare", "skip dense mass and error, which need dense attention too")
    .option("--json", "print JSON")
    .addHelpText("after", notes)
    .action(async ({ q, k, v, memoryGb, json, indexQ, indexK, indexV, gates, ...options }) => {
      const memoryBytes = memoryGb === undefined ? undefined : memoryGb * 1e9;
      const captured = { indexQ, indexK, indexV, gates };
      const report = await attendFiles({ ...options, paths: { q, k, v }, captured, memoryBytes });
      console.log(json ? JSON.stringify({ ...report, out: options.out }, null, 2) : formatAttend(report));
    });
}
