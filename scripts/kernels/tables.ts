/** A row of a table of the database. */
export type TableRow = Readonly<Record<string, unknown>>;

/** Texts of a row of a CSV without its time; undefined for rows that are left out. */
export type Texts = Readonly<Record<string, string | number>> | undefined;

/** A file of measured kernels, and the table of the database that its rows come from. */
export interface KernelTable {
  readonly file: string;
  /** folder of the database, and table in it without `_perf.parquet` */
  readonly table: readonly [folder: string, table: string];
  readonly texts: (row: TableRow) => Texts;
  /** of rows with the same texts: the fastest one, where engines choose among kernels (default: the median) */
  readonly fastest?: true;
  /** rows of which the sample takes some more */
  readonly more?: (texts: NonNullable<Texts>) => boolean;
}

const number = (row: TableRow, column: string): number => Number(row[column]);
const text = (row: TableRow, column: string): string => String(row[column]);
const within = (value: number, least: number, most: number): boolean => value >= least && value <= most;

/** Decode rows of one sequence with at least 8K tokens: the regime of few users with long contexts. */
const oneLongSequence = ({ batch, context_tokens }: NonNullable<Texts>): boolean =>
  batch === 1 && Number(context_tokens) >= 8000;

const gqa = (row: TableRow) => ({
  query_heads: number(row, "num_heads"),
  kv_heads: number(row, "num_key_value_heads"),
  head_dim: number(row, "head_dim"),
  window: number(row, "window_size"),
});

const isGqa = (row: TableRow): boolean =>
  number(row, "num_heads") >= 8 &&
  [64, 128].includes(number(row, "head_dim")) &&
  number(row, "num_key_value_heads") <= number(row, "num_heads");

/** Prefill rows of chunks of 1,024 to 32,768 tokens. */
const isPrefill = (row: TableRow): boolean =>
  within(number(row, "isl"), 1024, 32768) && number(row, "batch_size") <= 128;

/** Decode rows of contexts of at least 1,023 tokens. */
const isDecode = (row: TableRow): boolean => number(row, "step") >= 1023;

const heads = (row: TableRow, least: number): boolean => number(row, "num_heads") >= least;

const module = (row: TableRow) => ({
  model: text(row, "model"),
  weight_dtype: text(row, "gemm_type"),
  kv_dtype: text(row, "kv_cache_dtype"),
  query_heads: number(row, "num_heads"),
  batch: number(row, "batch_size"),
});

/**
 * False for layers without an index of their own: they read the rows that another layer's index chose, or all rows, as SGLang
 * does in prompts of at most 2,048 tokens.
 */
const hasIndex = (row: TableRow): boolean =>
  !text(row, "op_name").includes("skip_indexer") && !text(row, "kernel_source").includes("dense_mha");

/** Files of a whole attention module, at prefill without a prefix and at decode. */
const modules = (name: string, folder: string, least: number): readonly KernelTable[] => [
  {
    file: `${name}-module-prefill`,
    table: [folder, `${name}_context_module`],
    texts: (row) =>
      hasIndex(row) && heads(row, least) && isPrefill(row) && number(row, "step") === 0
        ? { ...module(row), new_tokens: number(row, "isl") }
        : undefined,
    fastest: true,
  },
  {
    file: `${name}-module-decode`,
    table: [folder, `${name}_generation_module`],
    texts: (row) =>
      hasIndex(row) && heads(row, least) && isDecode(row)
        ? { ...module(row), context_tokens: number(row, "step") }
        : undefined,
    more: oneLongSequence,
    fastest: true,
  },
];

/** DeepSeek-V4 modules of all heads, with empty and long prefixes. */
const compressed = (kind: string): readonly KernelTable[] => [
  {
    file: `dsv4-${kind}-module-prefill`,
    table: ["sparse_attention", `dsv4_${kind}_context_module`],
    texts: (row) =>
      heads(row, 64) && isPrefill(row) && (number(row, "step") === 0 || number(row, "step") >= 8192)
        ? { ...module(row), new_tokens: number(row, "isl"), prefix_tokens: number(row, "step") }
        : undefined,
  },
  {
    file: `dsv4-${kind}-module-decode`,
    table: ["sparse_attention", `dsv4_${kind}_generation_module`],
    texts: (row) =>
      heads(row, 64) && isDecode(row) ? { ...module(row), context_tokens: number(row, "step") } : undefined,
    more: oneLongSequence,
  },
];

/** Kernels of GLM-5.2's sparse attention. */
const glm = (name: string, table: string, more: (row: TableRow) => object = () => ({})): KernelTable => ({
  file: `glm52-${name}-prefill`,
  table: ["sparse_attention", `glm5_${table}_module`],
  texts: (row) =>
    isPrefill(row) && number(row, "latency") > 0
      ? {
          query_heads: number(row, "num_heads"),
          batch: number(row, "batch_size"),
          new_tokens: number(row, "isl"),
          prefix_tokens: number(row, "step"),
          ...more(row),
        }
      : undefined,
});

/** Kernels of linear attention alone, without the convolution before them. */
const linear = (row: TableRow) => ({
  kernel: text(row, "kernel_source"),
  phase: text(row, "phase"),
  batch: number(row, "batch_size"),
  new_tokens: text(row, "phase") === "generation" ? 1 : number(row, "seq_len"),
});
const isRecurrence = (row: TableRow): boolean =>
  !text(row, "kernel_source").includes("conv") && ["context", "generation"].includes(text(row, "phase"));

/** Gated experts of language models, in formats that the model of an expert layer knows. */
const isGated = (row: TableRow): boolean =>
  number(row, "hidden_size") >= 2048 &&
  number(row, "num_experts") >= 32 &&
  number(row, "topk") <= 8 &&
  number(row, "inter_size") !== 1856 && // Nemotron 3 Nano, whose experts have no gate
  !text(row, "kernel_source").includes("nongated") &&
  ["bfloat16", "fp8", "fp8_block", "nvfp4"].includes(text(row, "moe_dtype"));

/** vLLM's products in FP8 by blocks: 0.3 ms on GB200 for any shape, which is the time of their launch by Python. */
const isLaunch = (row: TableRow): boolean =>
  text(row, "framework") === "VLLM" && text(row, "gemm_dtype") === "fp8_block";

/** Every file, in the order of the folders' README. */
export const kernelTables: readonly KernelTable[] = [
  {
    file: "gqa-prefill",
    table: ["attention", "context_attention"],
    texts: (row) =>
      isGqa(row) && within(number(row, "isl"), 1024, 16384) && row["attn_dtype"] === row["kv_cache_dtype"]
        ? {
            dtype: text(row, "kv_cache_dtype"),
            batch: number(row, "batch_size"),
            new_tokens: number(row, "isl"),
            ...gqa(row),
          }
        : undefined,
    fastest: true,
  },
  {
    file: "gqa-decode",
    table: ["attention", "generation_attention"],
    texts: (row) =>
      isGqa(row) && isDecode(row)
        ? {
            dtype: text(row, "kv_cache_dtype"),
            batch: number(row, "batch_size"),
            ...gqa(row),
            context_tokens: number(row, "step"),
          }
        : undefined,
    more: oneLongSequence,
    fastest: true,
  },
  {
    file: "mla-prefill",
    table: ["mla", "context_mla"],
    texts: (row) =>
      heads(row, 16) && isPrefill(row)
        ? {
            kv_dtype: text(row, "kv_cache_dtype"),
            query_heads: number(row, "num_heads"),
            batch: number(row, "batch_size"),
            new_tokens: number(row, "isl"),
          }
        : undefined,
  },
  {
    file: "mla-decode",
    table: ["mla", "generation_mla"],
    texts: (row) =>
      heads(row, 16) && isDecode(row)
        ? {
            kv_dtype: text(row, "kv_cache_dtype"),
            query_heads: number(row, "num_heads"),
            batch: number(row, "batch_size"),
            context_tokens: number(row, "step"),
          }
        : undefined,
    more: oneLongSequence,
  },
  ...modules("mla", "mla", 16),
  ...modules("dsa", "sparse_attention", 16),
  ...compressed("csa"),
  ...compressed("hca"),
  glm("indexer-logits", "mqa_logits"),
  glm("topk", "topk", (row) => ({ score_mode: text(row, "score_mode") })),
  glm("sparse-attention", "dsa_attn"),
  ...modules("msa", "msa", 8),
  {
    file: "mhc",
    table: ["mhc", "mhc_module"],
    texts: (row) => ({
      op: text(row, "op_name"),
      tokens: number(row, "num_tokens"),
      streams: number(row, "hc_mult"),
      hidden: number(row, "hidden_size"),
      sites: number(row, "num_sites"),
    }),
  },
  {
    file: "kda",
    table: ["kda", "kda"],
    texts: (row) =>
      isRecurrence(row)
        ? { ...linear(row), heads: number(row, "num_v_heads"), head_dim: number(row, "head_v_dim") }
        : undefined,
  },
  {
    file: "gdn",
    table: ["linear_attention", "gdn"],
    texts: (row) =>
      isRecurrence(row)
        ? {
            ...linear(row),
            key_heads: number(row, "num_k_heads"),
            value_heads: number(row, "num_v_heads"),
            head_dim: number(row, "head_v_dim"),
          }
        : undefined,
  },
  {
    file: "gemm",
    table: ["gemm", "gemm"],
    texts: (row) =>
      within(number(row, "n"), 1024, 16384) && within(number(row, "k"), 1024, 16384) && !isLaunch(row)
        ? {
            dtype: text(row, "gemm_dtype"),
            m: number(row, "m"),
            n: number(row, "n"),
            k: number(row, "k"),
          }
        : undefined,
  },
  {
    file: "moe",
    table: ["moe", "moe"],
    texts: (row) =>
      isGated(row)
        ? {
            dtype: text(row, "moe_dtype"),
            tokens: number(row, "num_tokens"),
            hidden: number(row, "hidden_size"),
            intermediate: number(row, "inter_size"),
            top_k: number(row, "topk"),
            experts: number(row, "num_experts"),
            tp: number(row, "moe_tp_size"),
            ep: number(row, "moe_ep_size"),
            distribution: text(row, "distribution"),
          }
        : undefined,
    fastest: true,
  },
  {
    file: "nccl-collectives",
    table: ["comm", "nccl"],
    texts: (row) => ({
      op: text(row, "op_name"),
      dtype: text(row, "nccl_dtype"),
      gpus: number(row, "num_gpus"),
      elements: number(row, "message_size"),
    }),
  },
  {
    file: "custom-allreduce",
    table: ["comm", "custom_allreduce"],
    texts: (row) => ({
      dtype: text(row, "allreduce_dtype"),
      gpus: number(row, "num_gpus"),
      elements: number(row, "message_size"),
    }),
    fastest: true,
  },
];
