import { variants } from "../../attention/registry.ts";
import type { Source } from "../../core/entry.ts";
import type { StepCost, StepShape } from "../../core/cost.ts";
import { keyValueBytes } from "../../core/cost.ts";
import { resolveParams } from "../../core/params.ts";
import type { AnyParams } from "../../core/params.ts";
import { largestWeight } from "./one-among-many.ts";

/** A number that a source prints, and the same number computed by our code. */
export interface GoldenCheck {
  readonly name: string;
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

/** K, V and index that a decode step reads, counted as tokens of K and V. */
function tokensRead(name: string, tokens: number, params: AnyParams = {}): number {
  const { kvReadBytes, indexReadBytes } = cost(name, shapeAt(tokens), params);
  return (kvReadBytes + indexReadBytes) / keyValueBytes(shapeAt(tokens), 1);
}

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
].flatMap(({ tokens, read, speedUp }) => [
  {
    name: `NSA, tokens read a step at ${tokens / 1024}K`,
    published: read,
    unit: "tokens",
    ours: () => tokensRead("nsa", tokens),
    within: 1,
    note: "N/16 entries count one whose block the end of the context cuts",
    source: nsaSource,
  },
  {
    name: `NSA, speed-up by bytes at ${tokens / 1024}K`,
    published: speedUp,
    unit: "x",
    ours: () => tokens / tokensRead("nsa", tokens),
    within: 0.05,
    source: nsaSource,
  },
]);

const quest: GoldenCheck = {
  name: "Quest, share of the cache loaded at 64K, page 16, budget 4096",
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

const moba: readonly GoldenCheck[] = [
  { length: "1M", tokens: 2 ** 20, published: 95.31, within: 0.005 },
  { length: "128K", tokens: 2 ** 17, published: 62.5, within: 0.05 },
].map(({ length, tokens, ...printed }) => ({
  name: `MoBA, sparsity at ${length}, block 4096, k 12`,
  ...printed,
  unit: "%",
  ours: () => {
    const { kvReadBytes } = cost("moba", shapeAt(tokens), { block: 4096, k: 12 });
    return 100 * (1 - kvReadBytes / keyValueBytes(shapeAt(tokens), tokens));
  },
  source: {
    title: "MoBA",
    url: "https://arxiv.org/abs/2502.13189",
    where: "section 3.1 and figure 2: sparsity 1 - k B / N",
  },
}));

const dsa: GoldenCheck = {
  name: "DSA, index bytes a token",
  published: 132,
  unit: "B",
  ours: () => cost("dsa", shapeAt(65536)).indexReadBytes / 65536,
  within: 0,
  source: {
    title: "deepseek-ai/DeepSeek-V3.2-Exp",
    url: "https://github.com/deepseek-ai/DeepSeek-V3.2-Exp",
    where: "inference/model.py: an index key is 128 FP8 numbers and a float32 scale",
  },
};

const mla: GoldenCheck = {
  name: "MLA, bytes of a token in FP8",
  published: 656,
  unit: "B",
  ours: () => cost("mla", shapeAt(1000, 1)).keptBytes / 1000,
  within: 0,
  source: {
    title: "deepseek-ai/FlashMLA",
    url: "https://github.com/deepseek-ai/FlashMLA",
    where: "README: 512 FP8 numbers, 4 float32 scales, 64 bf16 numbers",
  },
};

const msa: GoldenCheck = {
  name: "MSA, times fewer FLOPs than dense over a prefill of 1M",
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
  published,
  unit: "x",
  ours: () => {
    const v32 = 61 * (keptAtMillion("mla") + cost("dsa", shapeAt(2 ** 20, 1)).indexKeptBytes);
    return v32 / (variants.get(plan).layers!.length * keptAtMillion(plan));
  },
  within: 0.05,
  source: { title: "DeepSeek-V4", url: "https://huggingface.co/deepseek-ai", where: "technical report" },
}));

/** Figure 1 of SSMax: one logit of +3 among n of -2. */
const ssmax: readonly GoldenCheck[] = [
  { n: 1e2, plain: 0.6, scaled: 0.995, within: [5e-4, 5e-4] },
  { n: 1e3, plain: 0.129, scaled: 0.9996, within: [5e-4, 5e-5] },
  { n: 1e6, plain: 1.5e-4, scaled: 1, within: [5e-6, 5e-4] },
].flatMap(({ n, plain, scaled, within }) =>
  [
    { shaping: "none", name: "softmax", published: plain, within: within[0]! },
    { shaping: "ssmax(s=0.43)", name: "SSMax, s = .43", published: scaled, within: within[1]! },
  ].map(({ shaping, name, ...printed }) => ({
    name: `${name}: weight of one +3 among ${n} of -2`,
    ...printed,
    unit: "",
    ours: () => largestWeight(shaping, n),
    source: {
      title: "Scalable-Softmax Is Superior for Attention",
      url: "https://arxiv.org/abs/2501.19399",
      where: "figure 1",
    },
  })),
);

/** Printed numbers of mechanisms, each computed by the code that simulates the mechanism. */
export const goldenChecks: readonly GoldenCheck[] = [
  msa,
  ...nsa,
  quest,
  ...moba,
  dsa,
  mla,
  ...deepseekV4,
  ...ssmax,
];

/** True if our number is the published one. */
export const holds = ({ published, within }: GoldenCheck, ours: number): boolean =>
  Math.abs(ours - published) <= within;
