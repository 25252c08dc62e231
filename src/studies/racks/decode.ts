import { fastestDecode, sustainedDecode } from "../../deployment/decode.ts";
import type { DecodeAnswer } from "../../deployment/decode.ts";
import { fits } from "../../deployment/memory.ts";
import type { OperatorTime } from "../../hardware/kernels/operator-time.ts";
import { formatParallel } from "../../hardware/parallel.ts";
import { gpusOf } from "../../hardware/parallelism.ts";
import type { Drafting } from "../../hardware/serving/replica.ts";
import { unwatched } from "../../runs/watch.ts";
import type { Watch } from "../../runs/watch.ts";
import { divisionsFor, rackSettings, timedStart, undivided } from "./settings.ts";
import type { RackQuestion, TimedRow } from "./settings.ts";

/** Decode steps of models on racks. */
export interface DecodeQuestion extends RackQuestion {
  /** users who share the GPUs; each number is tried */
  readonly users: readonly number[];
  readonly drafts: Drafting;
  /** division of the model, as `tp=4,dp=2` (default: the one with the fastest token) */
  readonly parallel?: string | undefined;
}

/** The time of a decode step, which its parts add up to. */
export interface DecodeRow extends TimedRow {
  readonly users: number;
  readonly parallel: string;
  readonly gpus: number;
  readonly attentionSeconds: number | null;
  readonly feedForwardSeconds: number | null;
  readonly linkSeconds: number | null;
  readonly headSeconds: number | null;
  /** waiting for the fullest stage of layers; 0 without stages */
  readonly waitSeconds: number | null;
  readonly draftSeconds: number | null;
  readonly seconds: number | null;
  readonly tpotSeconds: number | null;
  readonly tokensPerSecondPerUser: number | null;
  readonly tokensPerSecondPerGpu: number | null;
  /** users who fit where those asked for do not, and the time of a token of each; null if all fit, or none does */
  readonly sustainedUsers: number | null;
  readonly sustainedTpotSeconds: number | null;
  readonly shortBytes: number;
  readonly hostShortBytes: number;
  /** null where the caches do not fit, like every time of the row */
  readonly time: OperatorTime | null;
}

/** Times of the decode steps of a question. @throws UsageError for an unknown name or a model that cannot be divided */
export function decodeRows(question: DecodeQuestion, watch: Watch = unwatched): DecodeRow[] {
  const { users, drafts, parallel } = question;
  const settings = rackSettings(question);
  return watch.steps(settings.length * users.length, "settings", (onStep) =>
    settings.flatMap((setting) =>
      users.map((count) => {
        const divisions = divisionsFor(setting, "decode", parallel);
        const wanted = { users: count, tokens: setting.tokens, drafts };
        const step = fastestDecode(divisions, wanted) ?? undivided(setting);
        const gpus = gpusOf(step.division.parallel);
        const sustained = fits(step.lack) ? undefined : sustainedDecode(divisions, wanted);
        onStep();
        return {
          ...timedStart(setting),
          users: count,
          parallel: formatParallel(step.division.parallel),
          gpus,
          ...(fits(step.lack) ? timesOf(step, count / gpus) : noTimes),
          sustainedUsers: sustained?.users ?? null,
          sustainedTpotSeconds: sustained?.tpotSeconds ?? null,
          shortBytes: step.lack.hbm,
          hostShortBytes: step.lack.host,
        };
      }),
    ),
  );
}

const timesOf = ({ pass, draftSeconds, seconds, tpotSeconds }: DecodeAnswer, usersPerGpu: number) => ({
  attentionSeconds: pass.attentionSeconds,
  feedForwardSeconds: pass.feedForwardSeconds,
  linkSeconds: pass.linkSeconds,
  headSeconds: pass.headSeconds,
  waitSeconds: pass.waitSeconds,
  draftSeconds,
  seconds,
  tpotSeconds,
  tokensPerSecondPerUser: 1 / tpotSeconds,
  tokensPerSecondPerGpu: usersPerGpu / tpotSeconds,
  time: pass.time,
});

/** Times of a step that cannot be taken: the caches do not fit. */
const noTimes = {
  attentionSeconds: null,
  feedForwardSeconds: null,
  linkSeconds: null,
  headSeconds: null,
  waitSeconds: null,
  draftSeconds: null,
  seconds: null,
  tpotSeconds: null,
  tokensPerSecondPerUser: null,
  tokensPerSecondPerGpu: null,
  time: null,
};
