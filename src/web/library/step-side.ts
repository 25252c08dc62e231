import { parseSpec } from "../../attention/spec.ts";
import { kvDtypes } from "../../core/dtype.ts";
import { UsageError, unknownName } from "../../core/errors.ts";
import { parseLength } from "../../core/length.ts";
import { remember } from "../../core/remember.ts";
import { formatBytes, formatSeconds } from "../../core/units.ts";
import { roomiest } from "../../deployment/choice.ts";
import { fastestDecode } from "../../deployment/decode.ts";
import type { DecodeAnswer } from "../../deployment/decode.ts";
import { divisionOf, divisionsOf } from "../../deployment/division.ts";
import type { Division, ModelOnSystem } from "../../deployment/division.ts";
import { fits } from "../../deployment/memory.ts";
import { override } from "../../hardware/overrides.ts";
import { formatParallel, parseParallel } from "../../hardware/parallel.ts";
import { gpusOf } from "../../hardware/parallelism.ts";
import { systems } from "../../hardware/systems/all.ts";
import { usualWeights } from "../../hardware/weights/choice.ts";
import type { HardwareSide } from "../questions.ts";
import { keptResults, modelOf, settingsOf, specOf } from "./asked-model.ts";
import type { OnSystem } from "./asked-model.ts";
import { barsOf } from "./memory-bars.ts";

/** A model on a system as far as it is worked out. */
export interface Worked {
  readonly on: ModelOnSystem;
  readonly tokens: number;
  readonly decode: readonly Division[];
  readonly step: DecodeAnswer;
  readonly side: HardwareSide;
}

/** The decode step and the memory of a model on a system. @throws UsageError where it cannot be divided */
export const stepOn = remember(keptResults, (one: OnSystem) => JSON.stringify(one), workedOut);

function workedOut({ system: name, asked }: OnSystem): Worked {
  const { users, parallel, scales } = asked;
  const kvDtype =
    kvDtypes.find((each) => each === asked.kvDtype) ?? unknownName("kv dtype", asked.kvDtype, kvDtypes);
  const tokens = parseLength(asked.context);
  const model = modelOf(asked);
  const system = override(systems.get(name), settingsOf(scales));
  const spec = parseSpec(specOf(asked, model));
  const on = { system, model, spec, kvDtype, weights: usualWeights(system, model) };
  const decode =
    parallel === "" ? divisionsOf(on, "decode") : [divisionOf(on, parseParallel(parallel, model))];
  const step = fastestDecode(decode, { users, tokens });
  if (step === undefined)
    throw new UsageError(`${model.name} cannot be divided among the GPUs of ${system.name}`);
  const isHeld = fits(step.lack);
  const rack = roomiest(decode, tokens)?.users ?? 0;
  const side: HardwareSide = {
    system: name,
    bars: barsOf(step, users, tokens),
    verdict: isHeld
      ? `${users} ${users === 1 ? "user fits" : "users fit"}`
      : `short of ${[
          step.lack.hbm > 0 ? `${formatBytes(step.lack.hbm)} of HBM` : "",
          step.lack.host > 0 ? `${formatBytes(step.lack.host)} of the host's memory` : "",
        ]
          .filter((part) => part !== "")
          .join(" and ")}`,
    facts: [
      ["divided as", `${formatParallel(step.division.parallel)} (${gpusOf(step.division.parallel)} GPUs)`],
      ["users per rack", String(rack)],
      ["TPOT", isHeld ? formatSeconds(step.tpotSeconds) : "-"],
      ...(isHeld ? partsOf(step) : []),
    ],
  };
  return { on, tokens, decode, step, side };
}

/** Parts of a step, which add up to it. */
const partsOf = ({ pass }: DecodeAnswer): HardwareSide["facts"] =>
  (
    [
      ["attention", pass.attentionSeconds],
      ["feed-forward", pass.feedForwardSeconds],
      ["links", pass.linkSeconds],
      ["output head", pass.headSeconds],
      ["waiting for the fullest stage", pass.waitSeconds],
    ] as const
  ).flatMap(([name, seconds]) => (seconds > 0 ? [[name, formatSeconds(seconds)]] : []));
