import { formatBytes } from "../../core/units.ts";
import type { AttendReport } from "../../runs/attend-files.ts";
import { formatDepartures } from "./description.ts";
import { formatTable } from "./table.ts";

/** The phase that ran, with a note if attention is dense in it. */
function phaseLine({ variant, phase, denseInPhase, queries, tokens }: AttendReport): string {
  const own =
    phase === "prefill"
      ? "prefill: the queries are the prompt's own"
      : `decode: the queries follow the prompt${queries === tokens ? ", one step each" : ""}`;
  const other = phase === "prefill" ? "decode" : "prefill";
  return denseInPhase
    ? `${own}. Attention is dense here: ${/^[\w-]+/.exec(variant)![0]} does its own work in ${other} (--phase ${other})`
    : own;
}

const exactLine = ({ magnitudes: { logit, value } }: AttendReport): string =>
  logit === Infinity
    ? "q, k or v hold numbers that are not finite: the reference engine computed in float64"
    : `logits may reach ${logit.toExponential(1)} and values ${value.toExponential(1)}, too large for float32: the reference engine computed in float64`;

/** Which index chose: the model's own, or a stand-in for it. */
function indexLine({ captured, canBeCaptured }: AttendReport): string[] {
  if (captured.length > 0) return [`index: the model's own ${captured.join(", ")}`];
  if (canBeCaptured.length === 0) return [];
  const options = canBeCaptured.map((label) => `--${label}`).join(", ");
  return [`index: a stand-in for the model's own, which ${options} can give`];
}

/** Sizes, the phase, the cost of a decode step, and a table of heads. */
export function formatAttend(report: AttendReport): string {
  const { variant, engine, threads, cost, heads } = report;
  const { queryHeads, kvHeads, queries, tokens, headDim, valueDim } = report;
  const width = valueDim === headDim ? `d ${headDim}` : `d ${headDim}, values ${valueDim} wide`;
  const percent = (share: number | undefined): string =>
    share === undefined ? "-" : `${(100 * share).toFixed(2)}%`;
  return [
    `${variant} on ${engine}, ${threads} ${threads === 1 ? "thread" : "threads"}: ${queries} queries of ${queryHeads} heads over ${tokens} tokens of ${kvHeads} kv heads, ${width}`,
    phaseLine(report),
    ...indexLine(report),
    ...(report.exact ? [exactLine(report)] : []),
    `a decode step keeps ${formatBytes(cost.keptBytes)} (index ${formatBytes(cost.indexKeptBytes)}) and reads ` +
      `${formatBytes(cost.kvReadBytes)} (index ${formatBytes(cost.indexReadBytes)})`,
    "",
    formatTable(
      ["head", "kv head", "tokens read", "entropy (nats)", "dense mass", "error"],
      heads.map(({ head, kvHead, tokensRead, entropy, denseMass, error }) => [
        head,
        kvHead,
        Math.round(tokensRead),
        Number.isNaN(entropy) ? "-" : entropy.toFixed(3),
        percent(denseMass),
        percent(error),
      ]),
    ),
    ...(report.differs.length > 0 ? ["", formatDepartures(report.differs)] : []),
  ].join("\n");
}
