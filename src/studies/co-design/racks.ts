import { parseSpec } from "../../attention/spec.ts";
import { integerColumn, numberColumn, textColumn } from "../../core/table.ts";
import { usersThatFit } from "../../deployment/choice.ts";
import { stepOf } from "../../deployment/decode.ts";
import { neededOf } from "../../hardware/system.ts";
import { kvDtype, weights } from "./question.ts";
import type { CoDesignQuestion } from "./question.ts";

/** A decode step of each variant on each rack, and the users who fit. */
export const rackRows = ({
  model,
  systems,
  onRacks,
  users,
  tokens,
}: Pick<CoDesignQuestion, "model" | "systems" | "onRacks" | "users" | "tokens">) =>
  systems.flatMap((system) =>
    onRacks.map((variant) => {
      const on = { system, model, spec: parseSpec(variant), weights, kvDtype } as const;
      const { pass, seconds } = stepOf({ ...on, users, tokens });
      const ideal = stepOf({ ...on, users, tokens, profile: "ideal" });
      const exponentials = neededOf(system, "gpu.exponentials", "the time of exponentials").value;
      return {
        system: system.name,
        variant,
        usersPerRack: usersThatFit(on, tokens),
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

export const rackTable = ({ users, tokens }: CoDesignQuestion, rows: ReturnType<typeof rackRows>) => ({
  name: "racks",
  title: `${users} users of ${tokens} tokens: one row a system and variant`,
  columns: [
    textColumn("system", "rack"),
    textColumn("variant", "attention variant spec"),
    integerColumn("usersPerRack", "users whose caches fit the division that holds the most"),
    numberColumn(
      "stepSeconds",
      "time of a decode step: a whole pass on the division that makes it shortest, kernels as measured",
      "s",
    ),
    numberColumn(
      "idealSeconds",
      "lower bound of stepSeconds: kernels at peak rates, on the division that is then fastest",
      "s",
    ),
    numberColumn("attentionSeconds", "of stepSeconds, attention layers without exchanges", "s"),
    numberColumn("feedForwardSeconds", "of stepSeconds, feed-forward layers without exchanges", "s"),
    numberColumn("linkSeconds", "of stepSeconds, exchanges over NVLink", "s"),
    numberColumn("idealLinkSeconds", "of idealSeconds, exchanges over NVLink, no latencies", "s"),
    numberColumn("hbmSeconds", "bytes that a GPU reads and writes in the step, at HBM's peak", "s"),
    numberColumn(
      "exponentialSeconds",
      "exponentials of a GPU in the step, at the special function units' peak",
      "s",
    ),
  ],
  rows,
  primaryKey: ["system", "variant"],
});
