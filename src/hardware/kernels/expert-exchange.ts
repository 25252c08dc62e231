import { formatCount } from "../../core/units.ts";
import { overhead, share } from "../constants/constants.ts";
import type { Constants } from "../constants/constants.ts";
import type { Link } from "./collectives.ts";
import { precisionBytes } from "./dtypes.ts";
import type { Precision } from "./dtypes.ts";
import type { Machine } from "./machine.ts";
import { kernelTime, sequence } from "./operator-time.ts";
import type { OperatorTime } from "./operator-time.ts";
import { neededOf } from "../system.ts";

/** Tokens that are sent to the ranks of their experts and back. */
export interface ExpertTokens {
  /** of each rank */
  readonly tokens: number;
  readonly hidden: number;
  /** experts that a token is sent to */
  readonly topK: number;
  /** ranks that share the experts */
  readonly ranks: number;
  /** NVLink domains that the ranks lie in; default: 1 */
  readonly domains?: number;
  /** format of dispatched tokens; results are combined in bf16 */
  readonly dtype: Precision;
  /** experts chosen by chance (the default), or spread over as many ranks as possible */
  readonly routing?: "random" | "balanced";
  /** tokens that the busiest rank receives over those of the mean rank; default: 1 */
  readonly busiest?: number;
}

/** One kernel of an expert exchange. */
export interface ExpertExchangeShape extends ExpertTokens {
  /** `prepare` exchanges counts; a low-precision combine rounds what it sends to 4 bits */
  readonly op: "prepare" | "dispatch" | "combine" | "combine-low-precision";
  /** kernels in which one side writes to the other, or both take part; `one` by default */
  readonly sides?: "one" | "two";
}

export const expertExchangeKernel = {
  name: "expert-exchange",
  constants: {
    overhead: overhead(12e-6),
    step: overhead(2e-6, "latency of each doubling of the ranks: the last one of their signals"),
    token: overhead(30e-9, "bookkeeping of a token"),
    link: share(0.75, "of the link's bandwidth in each direction"),
  },
} as const;

type ExchangeConstants = Constants<(typeof expertExchangeKernel)["constants"]>;

/** Copies of a token that leave for `ranks`. Of n ranks, k experts chosen by chance lie on n (1 - (1 - 1/n)^k), balanced ones on min(k, n). */
const reachedOf = ({ topK, routing = "random" }: ExpertTokens, ranks: number): number =>
  routing === "balanced" ? Math.min(topK, ranks) : ranks * (1 - (1 - 1 / ranks) ** topK);

/**
 * Time to send each token once to each rank that holds some of its experts, or to gather their results. Of n ranks 1 in n
 * needs no link. Between d domains of g ranks a token is sent once to each domain over the network, to the rank at the
 * sender's place, which passes it on over NVLink; both add up. The busiest rank receives, and sends results of, more tokens
 * than each rank sends: its NVLink counts. DeepSeek, DeepEP, https://github.com/deepseek-ai/DeepEP.
 *
 * The network takes the constants that were measured over NVLink: of its bandwidth, DeepEP's kernels reach .83 and .90 in
 * dispatch and .70 and .92 in combine between 2 and 4 nodes of 8 H100 (AIConfigurator, commit 095f58a,
 * data/h100_sxm/comm/sglang/0.5.6.post2, wideep_deepep_normal_perf, 8192 tokens).
 */
export function expertExchange(machine: Machine, shape: ExpertExchangeShape): OperatorTime {
  const { op, sides = "one", tokens, hidden, ranks, dtype, busiest = 1 } = shape;
  if (ranks <= 1) return kernelTime(`expert ${op}`, 0, []);
  const c = machine.constants(expertExchangeKernel, `${op} ${sides}-sided`);
  const element = {
    prepare: 0,
    dispatch: precisionBytes[dtype],
    combine: 2,
    "combine-low-precision": 0.5625,
  }[op];
  const sent = (reached: number, among: number): number =>
    (tokens * hidden * element * reached * (among - 1)) / among;
  const domains = Math.min(shape.domains ?? 1, ranks);
  const inside = ranks / domains;
  const bookkeeping = tokens * c.token;
  const name = `expert ${op} among`;
  const within = linkTime(machine, c, {
    name: `${name} ${formatCount(inside)}`,
    link: "nvlink",
    linkBytes: inside > 1 ? busiest * sent(reachedOf(shape, ranks), inside) : 0,
    ranks: inside,
    bookkeeping,
  });
  if (domains === 1) return within;
  const across = linkTime(machine, c, {
    name: `${name} ${formatCount(domains)} domains`,
    link: "nic",
    linkBytes: sent(reachedOf(shape, domains), domains),
    ranks: domains,
    bookkeeping,
  });
  return sequence(`${name} ${formatCount(ranks)}`, [within, across]);
}

/** An exchange over one kind of link. */
interface LinkExchange {
  readonly name: string;
  readonly link: Link;
  /** that each rank sends */
  readonly linkBytes: number;
  readonly ranks: number;
  /** time of reading where tokens go, s */
  readonly bookkeeping: number;
}

function linkTime(
  machine: Machine,
  c: ExchangeConstants,
  { name, link, linkBytes, ranks, bookkeeping }: LinkExchange,
): OperatorTime {
  if (ranks <= 1) return kernelTime(name, 0, []);
  const { value: bandwidth } = neededOf(machine.system, `gpu.${link}`, name);
  const seconds = linkBytes / (bandwidth * c.link);
  const latency = c.overhead + c.step * Math.log2(ranks / 2);
  return kernelTime(
    name,
    latency + bookkeeping + seconds,
    [
      { what: link === "nvlink" ? "link" : "network", seconds, amount: linkBytes, unit: "B" },
      { what: "bookkeeping", seconds: bookkeeping },
      { what: "latency", seconds: latency },
    ],
    { bytes: 0, linkBytes },
  );
}

/** Exchanges around a layer of experts. */
export interface ExpertExchanges {
  readonly dispatch: OperatorTime;
  readonly combine: OperatorTime;
}

/**
 * Dispatch and combine of a layer of experts, by the faster kind of kernels: one-sided ones, or two-sided ones, which
 * exchange their counts first.
 */
export function expertExchanges(machine: Machine, tokens: ExpertTokens): ExpertExchanges {
  const kernel = (op: ExpertExchangeShape["op"], sides: "one" | "two"): OperatorTime =>
    expertExchange(machine, { ...tokens, op, sides });
  const oneSided = { dispatch: kernel("dispatch", "one"), combine: kernel("combine", "one") };
  const twoSided = {
    dispatch: sequence("expert counts and dispatch", [kernel("prepare", "two"), kernel("dispatch", "two")]),
    combine: kernel("combine", "two"),
  };
  const seconds = ({ dispatch, combine }: ExpertExchanges): number => dispatch.seconds + combine.seconds;
  return seconds(oneSided) <= seconds(twoSided) ? oneSided : twoSided;
}
