/** One call of a kernel whose time is measured, float32 throughout. */
export interface KernelWorkload {
  readonly name: string;
  readonly kind: WorkloadKind;
  /** queries; 1 if there are none */
  readonly queries: number;
  readonly rows: number;
  readonly width: number;
  /** rows that a query's list names, or that it selects; rows of a block */
  readonly take: number;
  /** least bytes that have to be moved */
  readonly bytes: number;
  /** multiplications and additions; exponentials count for nothing */
  readonly flops: number;
}

/**
 * - decode: queries that see all rows
 * - prefill: each row's own query sees the rows up to itself
 * - gather: a query that reads `take` rows from all over the cache
 * - block-mean: means of blocks of `take` rows
 * - top: the `take` largest of a score per row
 * - normals: standard normal numbers
 * - gemm: all dot products of queries and rows
 */
export type WorkloadKind = "decode" | "prefill" | "gather" | "block-mean" | "top" | "normals" | "gemm";

const float = 4;

const workload = (
  kind: WorkloadKind,
  { queries = 1, rows, width, take = 0 }: { queries?: number; rows: number; width: number; take?: number },
): KernelWorkload => ({ kind, queries, rows, width, take, ...costs[kind]({ queries, rows, width, take }) });

type Cost = Pick<KernelWorkload, "name" | "bytes" | "flops">;
type WorkloadSizes = Pick<KernelWorkload, "queries" | "rows" | "width" | "take">;

const costs: Readonly<Record<WorkloadKind, (sizes: WorkloadSizes) => Cost>> = {
  decode: ({ queries, rows, width }) => ({
    name: `decode-q${queries}-${rows}x${width}`,
    bytes: 2 * float * rows * width,
    flops: 4 * queries * rows * width,
  }),
  prefill: ({ rows, width }) => ({
    name: `prefill-${rows}x${width}`,
    bytes: 4 * float * rows * width, // queries, K, V, output
    flops: 2 * rows * (rows + 1) * width,
  }),
  gather: ({ take, width }) => ({
    name: `gather-${take}x${width}`,
    bytes: 2 * float * take * width,
    flops: 4 * take * width,
  }),
  "block-mean": ({ rows, width }) => ({
    name: `block-mean-${rows}x${width}`,
    bytes: float * rows * width,
    flops: rows * width,
  }),
  top: ({ rows, take }) => ({ name: `top-${take}-of-${rows}`, bytes: float * rows, flops: 0 }),
  normals: ({ rows, width }) => ({ name: `normals-${rows * width}`, bytes: float * rows * width, flops: 0 }),
  gemm: ({ queries, rows, width }) => ({
    name: `gemm-${queries}x${rows}x${width}`,
    bytes: float * (queries * width + rows * width + queries * rows),
    flops: 2 * queries * rows * width,
  }),
};

const width = 128;

/**
 * Workloads at a million tokens.
 *
 * @param shrink a power of two by which all row counts are divided
 */
export function workloads(shrink = 1): KernelWorkload[] {
  const tokens = 2 ** 20 / shrink;
  return [
    workload("decode", { queries: 1, rows: tokens, width }),
    workload("decode", { queries: 8, rows: tokens, width }),
    workload("decode", { queries: 64, rows: tokens / 16, width }),
    workload("decode", { queries: 64, rows: tokens, width: width / 2 }),
    ...[tokens / 256, tokens / 64].map((rows) => workload("prefill", { queries: rows, rows, width })),
    workload("block-mean", { rows: tokens, width, take: 64 }),
    workload("gather", { rows: tokens, width, take: tokens / 512 }),
    workload("top", { rows: tokens, width: 1, take: tokens / 512 }),
    workload("normals", { rows: tokens, width }),
  ];
}

/** A matrix product of a size that suits the caches: about the highest rate that an engine computes at. */
export const gemm = workload("gemm", { queries: 512, rows: 1024, width: 1024 });
