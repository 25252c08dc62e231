/**
 * Makes rows of data/blackwell-kernels from AIConfigurator's database: latencies of moe.csv, the whole of
 * mhc.csv, and long contexts of few sequences in gqa-decode.csv and mla-decode.csv. Other rows stay.
 *
 *   npx tsx scripts/measured-kernels.ts ai-dynamo-aiconfigurator/aic-core/src/aiconfigurator_core/systems/data
 *
 * The folder is of commit 095f58a of https://github.com/ai-dynamo/aiconfigurator, its parquet files fetched from LFS.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { hash64 } from "../src/core/random.ts";
import { readParquet } from "../src/files/parquet.ts";
import { ownKernels } from "../src/files/kernels.ts";

type Row = Readonly<Record<string, string>>;

const systems = { "gb200-nvl72": "gb200", "gb300-nvl72": "gb300" };

/** Columns of a file here, and the column of the database that each is. */
const columns = {
  moe: {
    dtype: "moe_dtype",
    tokens: "num_tokens",
    hidden: "hidden_size",
    intermediate: "inter_size",
    top_k: "topk",
    experts: "num_experts",
    tp: "moe_tp_size",
    ep: "moe_ep_size",
    distribution: "distribution",
  },
  "gqa-decode": {
    dtype: "kv_cache_dtype",
    batch: "batch_size",
    query_heads: "num_heads",
    kv_heads: "num_key_value_heads",
    head_dim: "head_dim",
    window: "window_size",
    context_tokens: "step",
  },
  "mla-decode": {
    kv_dtype: "kv_cache_dtype",
    query_heads: "num_heads",
    batch: "batch_size",
    context_tokens: "step",
  },
  mhc: {
    op: "op_name",
    tokens: "num_tokens",
    streams: "hc_mult",
    hidden: "hidden_size",
    sites: "num_sites",
  },
} as const;

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error("the folder of the database is missing");

/** Rows of a table of the database in the columns of a file, on both systems; all columns beside them. */
async function rowsOf(file: keyof typeof columns, table: string): Promise<(Row & { latency_ms: string })[]> {
  const rows = [];
  for (const [system, name] of Object.entries(systems)) {
    const path = join(folder!, name, table);
    for (const row of await readParquet(path)) {
      const texts = Object.entries(columns[file]).map(([own, theirs]) => [own, String(row[theirs])]);
      rows.push({
        system,
        ...(Object.fromEntries(texts) as Row),
        kernel: String(row["kernel_source"]),
        latency_ms: String(Number(Number(row["latency"]).toFixed(6))),
      });
    }
  }
  return rows;
}

const pathOf = (file: string): string => join(ownKernels, `${file}.csv`);
const headingOf = (file: keyof typeof columns): string[] => [
  "system",
  ...Object.keys(columns[file]),
  "latency_ms",
];
const keyOf = (file: keyof typeof columns, row: Row): string =>
  headingOf(file)
    .slice(0, -1)
    .map((column) => row[column])
    .join();

const readRows = (file: string): Row[] => parse(readFileSync(pathOf(file), "utf8"), { columns: true });

/** Writes rows in the order of their columns, numbers by size. */
function write(file: keyof typeof columns, rows: readonly Row[]): void {
  const heading = headingOf(file);
  const compare = (a: Row, b: Row): number => {
    for (const column of heading) {
      const order = a[column]!.localeCompare(b[column]!, "en", { numeric: true });
      if (order !== 0) return order;
    }
    return 0;
  };
  const lines = rows.toSorted(compare).map((row) => heading.map((column) => row[column]).join());
  writeFileSync(pathOf(file), `${[heading.join(), ...lines].join("\n")}\n`);
}

/** One row in `every`, by a hash of its columns. */
const sampled = (file: keyof typeof columns, row: Row, every: number): boolean =>
  hash64(keyOf(file, row))[1] % every === 0;

/** The same shapes of experts as before, each with the fastest kernel that was measured. */
async function moe(): Promise<void> {
  const fastest = new Map<string, number>();
  for (const row of await rowsOf("moe", "moe/trtllm/1.3.0rc20/moe_perf.parquet")) {
    const key = keyOf("moe", row);
    fastest.set(key, Math.min(fastest.get(key) ?? Infinity, Number(row.latency_ms)));
  }
  write(
    "moe",
    readRows("moe").map((row) => ({ ...row, latency_ms: String(fastest.get(keyOf("moe", row))) })),
  );
}

/** Shapes of issue 14, which the fit is held against: none of them is added. */
const isTarget = (row: Row): boolean =>
  row["batch"] === "1" &&
  (row["head_dim"] === undefined
    ? row["kv_dtype"] === "fp8" && row["query_heads"] === "128"
    : row["dtype"] === "fp8" && row["query_heads"] === "16" && row["kv_heads"] === "2");

/** Adds a sample of decoding up to 8 sequences of at least 8K tokens, which are read whole. */
async function decode(file: "gqa-decode" | "mla-decode", table: string, every: number): Promise<void> {
  const rows = new Map(readRows(file).map((row) => [keyOf(file, row), row]));
  for (const row of await rowsOf(file, table)) {
    const long = Number(row["batch"]) <= 8 && Number(row["context_tokens"]) >= 8191;
    const whole = (row["window"] ?? "0") === "0" && row["kernel"] !== "torch_flow_flashinfer";
    const key = keyOf(file, row);
    if (long && whole && !isTarget(row) && sampled(file, row, every) && !rows.has(key)) rows.set(key, row);
  }
  write(file, [...rows.values()]);
}

async function hyperConnections(): Promise<void> {
  const rows = await rowsOf("mhc", "mhc/sglang/0.5.14/mhc_module_perf.parquet");
  write(
    "mhc",
    rows.filter((row) => sampled("mhc", row, 2)),
  );
}

await moe();
await decode("gqa-decode", "attention/trtllm/1.3.0rc20/generation_attention_perf.parquet", 24);
await decode("mla-decode", "mla/trtllm/1.3.0rc20/generation_mla_perf.parquet", 4);
await hyperConnections();
