import { parseSpec } from "../../attention/spec.ts";
import { integerColumn, numberColumn, orEmpty, textColumn } from "../../core/table.ts";
import { usersThatFit } from "../../deployment/choice.ts";
import { stepOf } from "../../deployment/decode.ts";
import { fits } from "../../deployment/memory.ts";
import { neededOf } from "../../hardware/system.ts";
import { kvDtype, weights } from "./question.ts";
import type { CoDesignQuestion } from "./question.ts";

/** Times of a decode step of a variant on a rack, s; null where the users' caches do not fit. */
interface StepTimes {
  readonly stepSeconds: number;
  readonly idealSeconds: number;
  readonly attentionSeconds: number;
  readonly feedForwardSeconds: number;
  readonly linkSeconds: number;
  readonly idealLinkSeconds: number;
  readonly hbmSeconds: number;
  readonly exponentialSeconds: number;
}

const noTimes: Readonly<Record<keyof StepTimes, null>> = {
  stepSeconds: null,
  idealSeconds: null,
  attentionSeconds: null,
  feedForwardSeconds: null,
  linkSeconds: null,
  idealLinkSeconds: null,
  hbmSeconds: null,
  exponentialSeconds: null,
};

/** A variant on a rack, and the users who fit. */
interface RackUsers {
  readonly system: string;
  readonly variant: string;
  readonly usersPerRack: number;
}

/** A row whose users' caches fit. */
export type TimedRackStep = RackUsers & StepTimes;

export type RackStep = TimedRackStep | (RackUsers & typeof noTimes);

/** A decode step of each variant on each rack, and the users who fit. */
export const rackRows = ({
  model,
  systems,
  onRacks,
  users,
  tokens,
}: Pick<CoDesignQuestion, "model" | "systems" | "onRacks" | "users" | "tokens">): RackStep[] =>
  systems.flatMap((system) =>
    onRacks.map((variant) => {
      const on = { system, model, spec: parseSpec(variant), weights, kvDtype } as const;
      const { pass, seconds, lack } = stepOf({ ...on, users, tokens });
      const start = { system: system.name, variant, usersPerRack: usersThatFit(on, tokens) };
      if (!fits(lack)) return { ...start, ...noTimes };
      const ideal = stepOf({ ...on, users, tokens, profile: "ideal" });
      const exponentials = neededOf(system, "gpu.exponentials", "the time of exponentials").value;
      return {
        ...start,
        stepSeconds: seconds,
        idealSeconds: ideal.seconds,
        attentionSeconds: pass.attentionSeconds,
        feedForwardSeconds: pass.feedForwardSeconds,
        linkSeconds: pass.linkSeconds,
        idealLinkSeconds: ideal.pass.linkSeconds,
        hbmSeconds: pass.time.bytes / system.gpu.hbmBandwidth.value,
        exponentialSeconds: pass.time.exponentials / exponentials,
      };
    }),
  );

export const rackTable = ({ users, tokens }: CoDesignQuestion, rows: readonly RackStep[]) => ({
  name: "racks",
  title: `${users} users of ${tokens} tokens: one row a system and variant, without times where their caches do not fit`,
  columns: [
    textColumn("system", "rack"),
    textColumn("variant", "attention variant spec"),
    integerColumn("usersPerRack", "users whose caches fit the division that holds the most"),
    orEmpty(
      numberColumn(
        "stepSeconds",
        "time of a decode step: a whole pass on the division that makes it shortest, kernels as measured",
        "s",
      ),
    ),
    orEmpty(
      numberColumn(
        "idealSeconds",
        "lower bound of stepSeconds: kernels at peak rates, on the division that is then fastest",
        "s",
      ),
    ),
    orEmpty(numberColumn("attentionSeconds", "of stepSeconds, attention layers without exchanges", "s")),
    orEmpty(numberColumn("feedForwardSeconds", "of stepSeconds, feed-forward layers without exchanges", "s")),
    orEmpty(numberColumn("linkSeconds", "of stepSeconds, exchanges over NVLink", "s")),
    orEmpty(numberColumn("idealLinkSeconds", "of idealSeconds, exchanges over NVLink, no latencies", "s")),
    orEmpty(numberColumn("hbmSeconds", "bytes that a GPU reads and writes in the step, at HBM's peak", "s")),
    orEmpty(
      numberColumn(
        "exponentialSeconds",
        "exponentials of a GPU in the step, at the special function units' peak",
        "s",
      ),
    ),
  ],
  rows: rows.map((row) => ({ ...row })),
  primaryKey: ["system", "variant"],
});
