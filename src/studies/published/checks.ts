import { variants } from "../../attention/registry.ts";
import { cacheFromTensors } from "../../attention/tensors.ts";
import type { Source } from "../../core/entry.ts";
import type { StepCost, StepShape } from "../../core/cost.ts";
import { keyValueBytes } from "../../core/cost.ts";
import { resolveParams } from "../../core/params.ts";
import type { AnyParams } from "../../core/params.ts";
import { hash64 } from "../../core/random.ts";
import { flat, tensor, zeros } from "../../core/tensor.ts";
import type { Tensor } from "../../core/tensor.ts";
import { counting } from "../../engines/counting.ts";
import { referenceEngine } from "../../engines/reference/engine.ts";
import { largestWeight } from "./one-among-many.ts";

/** A number that a source prints, and the same number computed by our code. */
export interface GoldenCheck {
  readonly name: string;
  /** how ours is made: a variant runs and an engine counts what it reads, or a formula is evaluated */
  readonly by: "run" | "arithmetic";
  /** as printed */
  readonly published: number;
  readonly unit: string;
  readonly ours: () => number;
  /** allowed difference: half of the last printed digit, or more if `note` says why */
  readonly within: number;
  readonly note?: string;
  readonly source: Source;
}

const shapeAt = (tokens: number, bytesPerElement = 2): StepShape => ({
  tokens,
  queryHeads: 64,
  kvHeads: 4,
  headDim: 128,
  bytesPerElement,
});

function cost(name: string, shape: StepShape, params: AnyParams = {}): StepCost {
  const variant = variants.get(name);
  return variant.cost(shape, resolveParams(name, variant.params, params));
}

/** K, V and index that a decode step reads of random tensors, as an engine counts them, in tokens of K and V. */
function tokensRead(name: string, tokens: number, params: AnyParams = {}): number {
  const variant = variants.get(name);
  const settings = resolveParams(name, variant.params, params);
  const ops = counting(referenceEngine());
  const random = (rows: number, of: string): Tensor => {
    const numbers = zeros(rows, countedWidth);
    ops.fillNormal(numbers, hash64(`golden checks/${of}`));
    return tensor(flat(numbers), [1, rows, countedWidth]);
  };
  const { cache, queries } = cacheFromTensors(ops, {
    q: random(1, "q"),
    k: random(tokens, "k"),
    v: random(tokens, "v"),
  });
  const index = variant.prepare(cache, settings, ops);
  ops.counts.reset();
  variant.attend({ queries, cache, index, ops }, settings);
  const [head] = cache.heads;
  return (ops.counts.kv + ops.counts.index) / (head!.keys.rowBytes + head!.values.rowBytes);
}

/** Width of the heads that are counted; what is read does not depend on it. */
const countedWidth = 4;

const nsaSource: Source = {
  title: "Native Sparse Attention",
  url: "https://arxiv.org/abs/2502.11089",
  where: "table 4: memory access of a decode step, and expected speed-up",
};

const nsa: readonly GoldenCheck[] = [
  { tokens: 8192, read: 2048, speedUp: 4 },
  { tokens: 16384, read: 2560, speedUp: 6.4 },
  { tokens: 32768, read: 3584, speedUp: 9.1 },
  { tokens: 65536, read: 5632, speedUp: 11.6 },
].flatMap(({ tokens, read, speedUp }) => {
  let counted: number | undefined;
  const ours = (): number => (counted ??= tokensRead("nsa", tokens));
  return [
    {
      name: `NSA, tokens read a step at ${tokens / 1024}K`,
      by: "run",
      published: read,
      unit: "tokens",
      ours,
      within: 1,
      note: "N/16 entries count one whose block the end of the context cuts",
      source: nsaSource,
    },
    {
      name: `NSA, speed-up by bytes at ${tokens / 1024}K`,
      by: "run",
      published: speedUp,
      unit: "x",
      ours: () => tokens / ours(),
      within: 0.05,
      source: nsaSource,
    },
  ];
});

const quest: GoldenCheck = {
  name: "Quest, share of the cache loaded at 64K, page 16, budget 4096",
  by: "run",
  published: 0.125,
  unit: "",
  ours: () => tokensRead("quest", 65536, { page: 16, budget: 4096 }) / 65536,
  within: 1 / 65536,
  note: "the query's own page is read without its bounds",
  source: {
    title: "Quest",
    url: "https://arxiv.org/abs/2406.10774",
    where: "section 3.3: 1/page + pages read/pages",
  },
};

const mobaSource: Source = {
  title: "MoBA",
  url: "https://arxiv.org/abs/2502.13189",
  where: "section 3.1 and figure 2: sparsity 1 - k B / N",
};

const moba: readonly GoldenCheck[] = [
  {
    name: "MoBA, sparsity at 1M, block 4096, k 12",
    by: "arithmetic",
    published: 95.31,
    within: 0.005,
    unit: "%",
    ours: () => {
      const shape = shapeAt(2 ** 20);
      const { kvReadBytes } = cost("moba", shape, { block: 4096, k: 12 });
      return 100 * (1 - kvReadBytes / keyValueBytes(shape, 2 ** 20));
    },
    source: mobaSource,
  },
  {
    name: "MoBA, sparsity at 128K, block 4096, k 12",
    by: "run",
    published: 62.5,
    within: 0.05,
    unit: "%",
    // a block's mean is an index row
    ours: () => {
      const read = tokensRead("moba", 2 ** 17, { block: 4096, k: 12 });
      return 100 * (1 - (read - (2 ** 17 / 4096 - 1) / 2) / 2 ** 17);
    },
    source: mobaSource,
  },
];

const msa: GoldenCheck = {
  name: "MSA, times fewer FLOPs than dense over a prefill of 1M",
  by: "arithmetic",
  published: 28.4,
  unit: "x",
  // the mean query of a causal prefill sees half of the context
  ours: () => cost("dense", shapeAt(2 ** 19)).flops / cost("msa", shapeAt(2 ** 19)).flops,
  within: 0.06,
  note: "the query's own block is read without being scored, which the published figure leaves out",
  source: {
    title: "MiniMax-M3",
    url: "https://huggingface.co/MiniMaxAI",
    where: "model card: sparse attention at 1M",
  },
};

/** K, V and index that a layer keeps at a million tokens, in FP8. */
function keptAtMillion(name: string): number {
  const { keptBytes, indexKeptBytes } = cost(name, shapeAt(2 ** 20, 1));
  return keptBytes + indexKeptBytes;
}

const deepseekV4: readonly GoldenCheck[] = [
  { plan: "deepseek-v4-pro", title: "DeepSeek-V4 Pro", published: 9.5 },
  { plan: "deepseek-v4-flash", title: "DeepSeek-V4 Flash", published: 13.7 },
].map(({ plan, title, published }) => ({
  name: `${title}, times less cache than V3.2 at 1M`,
  by: "arithmetic",
  published,
  unit: "x",
  ours: () => {
    const v32 = 61 * (keptAtMillion("mla") + cost("dsa", shapeAt(2 ** 20, 1)).indexKeptBytes);
    return v32 / (variants.get(plan).layers!.length * keptAtMillion(plan));
  },
  within: 0.05,
  source: { title: "DeepSeek-V4", url: "https://huggingface.co/deepseek-ai", where: "technical report" },
}));

/** Figure 1 of SSMax: the weight of one logit of +3 among n of -2. */
const ssmax: readonly GoldenCheck[] = [
  { n: 1e2, published: 0.995, within: 5e-4 },
  { n: 1e3, published: 0.9996, within: 5e-5 },
].map(({ n, ...printed }) => ({
  name: `SSMax, s = .43: weight of one +3 among ${n} of -2`,
  by: "arithmetic",
  ...printed,
  unit: "",
  ours: () => largestWeight("ssmax(s=0.43)", n),
  source: {
    title: "Scalable-Softmax Is Superior for Attention",
    url: "https://arxiv.org/abs/2501.19399",
    where: "figure 1",
  },
}));

/**
 * Printed numbers of mechanisms, each computed by the code that simulates the mechanism. Constants that an entry merely
 * repeats, such as the bytes of a record, are no checks.
 */
export const goldenChecks: readonly GoldenCheck[] = [msa, ...nsa, quest, ...moba, ...deepseekV4, ...ssmax];

/** True if our number is the published one. */
export const holds = ({ published, within }: GoldenCheck, ours: number): boolean =>
  Math.abs(ours - published) <= within;
