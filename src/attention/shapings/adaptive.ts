import { real } from "../../core/params.ts";
import { flat, rowsOf, tensor } from "../../core/tensor.ts";
import type { Ops } from "../../engines/ops.ts";
import { RuledResult } from "../parts/ruled.ts";
import { softmaxRead } from "../parts/softmax-read.ts";
import type { Read, SummedResult } from "../read.ts";
import { defineShaping } from "../shaping.ts";

/** Polynomial of the source's code in figure 5, highest power first: inverse temperature for an entropy in nats. */
const polynomial = [-0.037, 0.481, -2.3, 4.917, -1.791];

/**
 * Adaptive temperature: flat weights are sharpened more than sharp ones, by a polynomial of the entropy that the source
 * fitted.
 *
 * Velickovic et al. 2024, arXiv 2410.01104. The keys are read once for the entropy and once for the output.
 */
export const adaptive = defineShaping({
  name: "adaptive",
  summary: "logits sharpened by the entropy of their softmax (adaptive temperature)",
  formula:
    "p = softmax(b z), b = max(1, -.037 H^4 + .481 H^3 - 2.3 H^2 + 4.917 H - 1.791) for the entropy H of softmax(z) above `above`",
  sources: [
    {
      title: "softmax is not enough (for sharp out-of-distribution)",
      url: "https://arxiv.org/abs/2410.01104",
      where: "section 5, figure 5",
    },
  ],
  params: {
    above: real("entropy in nats from which on logits are sharpened", { default: 0.5, min: 0, max: 20 }),
  },
  shape: (queries, { above }) => ({ ...queries, rule: (read, ops) => sharpened(read, above, ops) }),
});

function sharpened(read: Read, above: number, ops: Ops): SummedResult {
  const first = softmaxRead(read, ops);
  const [count, width] = read.queries.shape as [number, number];
  const own = flat(rowsOf(read.queries, 0, count)).slice();
  for (let i = 0; i < count; i++) {
    const entropy = first.entropy(i);
    const factor =
      entropy > above
        ? Math.max(
            1,
            polynomial.reduce((sum, c) => sum * entropy + c, 0),
          )
        : 1;
    for (let c = i * width; c < (i + 1) * width; c++) own[c]! *= factor;
  }
  return new RuledResult(first, softmaxRead({ ...read, queries: tensor(own, [count, width]) }, ops));
}
