import { msaAttentionKernel, msaIndexKernel } from "./block-module.ts";
import { collectiveKernel, customAllReduceKernel } from "./collectives.ts";
import type { Kernel } from "../constants/constants.ts";
import { expertExchangeKernel } from "./expert-exchange.ts";
import { gemmKernel } from "./gemm.ts";
import { gqaDecodeKernel, gqaPrefillKernel } from "./gqa.ts";
import { hyperConnectionsKernel } from "./hyper-connections.ts";
import { linearDecodeKernel, linearPrefillKernel } from "./linear.ts";
import { mlaDecodeKernel, mlaPrefillKernel } from "./mla.ts";
import { glueKernel } from "./modules.ts";
import { moeKernel } from "./moe.ts";
import { indexLogitsKernel, sparseAttentionKernel, topKKernel } from "./sparse.ts";

/** Every kernel whose time has constants. */
export const kernels: readonly Kernel[] = [
  gemmKernel,
  gqaPrefillKernel,
  gqaDecodeKernel,
  mlaPrefillKernel,
  mlaDecodeKernel,
  indexLogitsKernel,
  topKKernel,
  sparseAttentionKernel,
  msaIndexKernel,
  msaAttentionKernel,
  glueKernel,
  hyperConnectionsKernel,
  linearPrefillKernel,
  linearDecodeKernel,
  moeKernel,
  collectiveKernel,
  customAllReduceKernel,
  expertExchangeKernel,
];
