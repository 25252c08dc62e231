import { collective, customAllReduce } from "../../kernels/collectives.ts";
import { expertExchange } from "../../kernels/expert-exchange.ts";
import { gemm } from "../../kernels/gemm.ts";
import { hyperConnectionTime } from "../../kernels/hyper-connections.ts";
import { measuredLoad } from "../../kernels/measured-loads.ts";
import type { MeasuredRouting } from "../../kernels/measured-loads.ts";
import { linearDecode, linearPrefill } from "../../kernels/linear.ts";
import type { LinearShape } from "../../kernels/linear.ts";
import { moe } from "../../kernels/moe.ts";
import { messageBytes, operandDtypes } from "./dtypes.ts";
import type { MeasuredFile } from "./file.ts";
import type { MeasuredRow } from "./rows.ts";

const linear =
  (
    shape: (row: MeasuredRow) => Pick<LinearShape, "kind" | "keyHeads" | "valueHeads">,
  ): MeasuredFile["predict"] =>
  (machine, row) => {
    const all = {
      ...shape(row),
      requests: row.number("batch", 1),
      newTokens: row.number("new_tokens", 1),
      keyDim: row.number("head_dim", 1),
      valueDim: row.number("head_dim", 1),
    };
    return row.choice("phase", { context: linearPrefill, generation: linearDecode })(machine, all);
  };

const collectives = {
  all_gather: "all-gather",
  reduce_scatter: "reduce-scatter",
  alltoall: "all-to-all",
  all_reduce: "all-reduce",
} as const;

/** Load of experts: balanced, or the exponent of a power law. */
function routing(row: MeasuredRow): MeasuredRouting {
  const text = row.text("distribution");
  if (text === "balanced") return text;
  const exponent = Number(/^power_law_([\d.]+)$/.exec(text)?.[1]);
  return exponent > 0 ? exponent : row.refuse("distribution", "balanced, power_law_1.2");
}

export const otherFiles: readonly MeasuredFile[] = [
  {
    file: "gemm",
    predict: (machine, row) =>
      gemm(machine, {
        m: row.number("m", 1),
        n: row.number("n", 1),
        k: row.number("k", 1),
        dtype: row.choice("dtype", operandDtypes),
      }),
  },
  {
    file: "moe",
    predict: (machine, row) => {
      const shape = {
        tokens: row.number("tokens", 1),
        experts: row.number("experts", 1),
        expertParallel: row.number("ep", 1),
      };
      return moe(machine, {
        ...shape,
        hidden: row.number("hidden", 1),
        intermediate: row.number("intermediate", 1),
        tensorParallel: row.number("tp", 1),
        dtype: row.choice("dtype", operandDtypes),
        load: measuredLoad({ ...shape, topK: row.number("top_k", 1) }, routing(row)),
      });
    },
  },
  {
    file: "kda",
    predict: linear((row) => {
      const heads = row.number("heads", 1);
      return { kind: "kda", keyHeads: heads, valueHeads: heads };
    }),
  },
  {
    file: "gdn",
    predict: linear((row) => ({
      kind: "gdn",
      keyHeads: row.number("key_heads", 1),
      valueHeads: row.number("value_heads", 1),
    })),
  },
  {
    file: "mhc",
    predict: (machine, row) =>
      hyperConnectionTime(machine, row.choice("op", { pre: "pre", post: "post" } as const), {
        tokens: row.number("tokens", 1),
        hidden: row.number("hidden", 1),
        streams: row.number("streams", 1),
      }),
  },
  {
    file: "nccl-collectives",
    predict: (machine, row) =>
      collective(machine, {
        op: row.choice("op", collectives),
        bytes: row.number("elements", 1) * row.choice("dtype", messageBytes),
        gpus: row.number("gpus", 1),
      }),
  },
  {
    file: "custom-allreduce",
    predict: (machine, row) =>
      customAllReduce(machine, {
        bytes: row.number("elements", 1) * row.choice("dtype", messageBytes),
        gpus: row.number("gpus", 1),
      }),
  },
  {
    file: "moe-alltoall",
    predict: (machine, row) =>
      expertExchange(machine, {
        op: row.choice("op", {
          alltoall_dispatch: "dispatch",
          alltoall_combine: "combine",
          alltoall_combine_low_precision: "combine-low-precision",
          alltoall_prepare: "prepare",
        }),
        sides: row.choice("kernel", { nvlinkonesided: "one", nvlinktwosided: "two" }),
        tokens: row.number("tokens_per_rank", 1),
        hidden: row.number("hidden", 1),
        topK: row.number("top_k", 1),
        ranks: row.number("ep", 1),
        dtype: row.choice("dtype", operandDtypes),
        routing: "balanced",
      }),
  },
];
