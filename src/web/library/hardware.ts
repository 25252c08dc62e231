import { parseSpec } from "../../attention/spec.ts";
import { kvDtypes } from "../../core/dtype.ts";
import { UsageError, unknownName } from "../../core/errors.ts";
import { parseLength } from "../../core/length.ts";
import { formatBytes, formatSeconds, formatUsd } from "../../core/units.ts";
import { roomiest } from "../../deployment/choice.ts";
import { fastestDecode } from "../../deployment/decode.ts";
import type { DecodeAnswer } from "../../deployment/decode.ts";
import { divisionOf, divisionsOf } from "../../deployment/division.ts";
import type { Division, ModelOnSystem } from "../../deployment/division.ts";
import { cacheBytesOn, fits, userBytesOn } from "../../deployment/memory.ts";
import { fastestPrefill } from "../../deployment/prefill.ts";
import { priceVariant } from "../../deployment/variant-price.ts";
import { weightBytesPerGpu } from "../../deployment/weights.ts";
import { modelFrom } from "../../hardware/config/user.ts";
import { hostMemory } from "../../hardware/memory.ts";
import { nativeOf } from "../../hardware/model.ts";
import type { Model } from "../../hardware/model.ts";
import { models } from "../../hardware/models/all.ts";
import { override } from "../../hardware/overrides.ts";
import { formatParallel, parseParallel } from "../../hardware/parallel.ts";
import { gpusOf } from "../../hardware/parallelism.ts";
import { systems } from "../../hardware/systems/all.ts";
import { usualWeights } from "../../hardware/weights/choice.ts";
import type {
  EqualCommand,
  HardwareAnswer,
  HardwareQuestion,
  HardwareSide,
  MemoryBar,
} from "../questions.ts";
import { commandLine } from "./command.ts";
import { draw } from "./draw.ts";
import { rooflineFigure, stepFigure } from "./hardware-figures.ts";
import type { SystemStep } from "./hardware-figures.ts";
import { noted } from "./noted.ts";
import { operatorsTable } from "./operators-table.ts";
import { operatorsOf } from "./operators.ts";
import { requests, tpotLimit } from "./requests.ts";

/** The model that a question names, or that its file describes. @throws UsageError */
function modelOf({ model, modelFile }: HardwareQuestion): Model {
  if (modelFile === undefined) return models.get(model);
  let data: unknown;
  try {
    data = JSON.parse(modelFile.text);
  } catch (error) {
    throw new UsageError(`${modelFile.name} is no JSON: ${(error as Error).message}`);
  }
  return modelFrom(data, {
    file: modelFile.name,
    fallback: modelFile.name.replace(/\.json$/i, ""),
    models,
  });
}

/** Spec of the attention that a question means, in a model: the model's own unless it names another, in its place. */
const specOf = ({ variant, placement }: HardwareQuestion, model: Model): string =>
  [variant === "" ? nativeOf(model) : variant, placement].filter((part) => part !== "").join("+");

/** A model on a system as far as it is worked out. */
interface Worked {
  readonly on: ModelOnSystem;
  readonly decode: readonly Division[];
  readonly step: DecodeAnswer;
  readonly side: HardwareSide;
}

/** Memory and times of a model on systems. Times of a step come first, those of prompts and prices later. */
export async function* hardware(question: HardwareQuestion): AsyncGenerator<HardwareAnswer> {
  const errors: Record<string, string> = {};
  let model: Model | undefined;
  const isRead = [
    noted(errors, question.model, () => {
      model = modelOf(question);
    }),
    noted(errors, question.variant, () => model && parseSpec(specOf(question, model))),
    noted(errors, question.context, () => parseLength(question.context)),
    noted(
      errors,
      question.parallel,
      () => model && question.parallel !== "" && parseParallel(question.parallel, model),
    ),
  ].every(Boolean);
  const commands = commandsOf(question, model);
  if (!isRead || model === undefined) {
    yield { sides: [], figures: [], errors, commands };
    return;
  }
  const tokens = parseLength(question.context);
  const sides = new Map<string, Worked | string>();
  for (const name of question.systems)
    try {
      sides.set(name, workedOut(question, name, model, tokens));
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      sides.set(name, error.message);
    }
  const worked = (): Worked[] => [...sides.values()].filter((side) => typeof side !== "string");
  // a step whose caches do not fit cannot be taken
  const steps = worked()
    .filter(({ step }) => fits(step.lack))
    .map(({ on, step }): SystemStep => ({ system: on.system, operators: operatorsOf(step.pass.time) }));
  const figures =
    steps.length === 0
      ? []
      : await Promise.all([
          draw("step", stepFigure(steps), question.look),
          draw("roofline", rooflineFigure(steps), question.look),
        ]);
  const answer = (): HardwareAnswer => ({
    sides: [...sides].map(([system, side]) =>
      typeof side === "string" ? { system, error: side, bars: [], verdict: "", facts: [] } : side.side,
    ),
    figures,
    ...(steps.length > 0 && { table: operatorsTable(steps) }),
    errors,
    commands,
  });
  yield answer();
  for (const add of [promptFacts, priceFacts])
    for (const [name, side] of sides) {
      if (typeof side === "string") continue;
      const facts = [...side.side.facts, ...add(side, question, tokens)];
      sides.set(name, { ...side, side: { ...side.side, facts } });
      yield answer();
    }
}

/** The decode step and the memory of a model on a system. @throws UsageError where it cannot be divided */
function workedOut(question: HardwareQuestion, name: string, model: Model, tokens: number): Worked {
  const { users, parallel, scales } = question;
  const kvDtype =
    kvDtypes.find((each) => each === question.kvDtype) ?? unknownName("kv dtype", question.kvDtype, kvDtypes);
  const system = override(systems.get(name), settingsOf(scales));
  const spec = parseSpec(specOf(question, model));
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
  return { on, decode, step, side };
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

/** Memory of the step's division beside its contents: the HBM of all its GPUs, and the host's if caches lie there. */
function barsOf({ division, lack }: DecodeAnswer, users: number, tokens: number): MemoryBar[] {
  const { machine, parallel } = division;
  const gpus = gpusOf(parallel);
  const size = gpus * machine.system.gpu.hbm.value;
  const weights = gpus * weightBytesPerGpu(division);
  const caches = cacheBytesOn(division);
  const user = userBytesOn(division, tokens);
  const { far } = user;
  const near = user.kept + user.indexKept + user.state + user.pages + user.drafts;
  const held = users * near;
  const hbm: MemoryBar = {
    memory: `HBM of ${gpus} GPUs`,
    size,
    parts: [
      { part: "weights", bytes: weights },
      { part: "passes and runtime", bytes: Math.max(0, size - weights - Math.max(0, caches)) },
      { part: "caches", bytes: held },
    ],
    short: lack.hbm,
  };
  if (far === 0) return [hbm];
  const host = (hostMemory(machine.system) * gpus) / machine.system.gpus.value;
  return [
    hbm,
    {
      memory: "memory of the Grace processors",
      size: host,
      parts: [{ part: "caches", bytes: users * far }],
      short: lack.host,
    },
  ];
}

/** Time to the first token of one prompt of the context's length. */
function promptFacts({ on }: Worked, _: HardwareQuestion, tokens: number): HardwareSide["facts"] {
  const found = fastestPrefill(divisionsOf(on, "prefill"), { prompts: 1, tokens, cachedTokens: 0 });
  const time = found !== undefined && fits(found.lack) ? formatSeconds(found.seconds) : "-";
  return [["TTFT of one prompt", time]];
}

/** Prices of tokens at the system's rental, where no token takes longer than the limit. */
function priceFacts(
  { on, decode }: Worked,
  { users }: HardwareQuestion,
  tokens: number,
): HardwareSide["facts"] {
  const rental = on.system.gpu.rental?.value;
  if (rental === undefined) return [];
  const { dollarsPerMillionInput, dollarsPerMillionOutput } = priceVariant({
    divisions: { prefill: divisionsOf(on, "prefill"), decode },
    workload: { ...requests, inputTokens: tokens },
    users,
    tpotLimit,
    dollarsPerGpuHour: rental,
  });
  const shown = (usd: number | null): string => (usd === null ? "-" : formatUsd(usd));
  return [
    ["$/M in", shown(dollarsPerMillionInput)],
    ["$/M out", shown(dollarsPerMillionOutput)],
  ];
}

const settingsOf = (scales: HardwareQuestion["scales"]): string[] =>
  Object.entries(scales).flatMap(([path, percent]) => (percent === 100 ? [] : [`${path}=${percent}%`]));

/** Command lines that give the same numbers. @param read the model, unless it is wrong */
function commandsOf(question: HardwareQuestion, read: Model | undefined): EqualCommand[] {
  const {
    systems: names,
    model,
    modelFile,
    variant,
    placement,
    kvDtype,
    users,
    context,
    parallel,
    scales,
  } = question;
  const settings = settingsOf(scales);
  const shared = [
    ["system", names.join(",")],
    ["model", modelFile?.name ?? model],
    ["variant", read === undefined || variant + placement === "" ? undefined : specOf(question, read)],
    ["kv-dtype", kvDtype],
    ["set", settings.length === 0 ? undefined : settings.join(",")],
    ["beyond", true],
  ] as const;
  const divided = ["parallel", parallel === "" ? undefined : parallel] as const;
  return [
    {
      gives: "time of a step, TPOT",
      text: commandLine(["hardware", "decode"], [...shared, ["context", context], ["users", users], divided]),
    },
    {
      gives: "users per rack, memory",
      text: commandLine(["hardware", "memory"], [...shared, ["context", context], ["users", users]]),
    },
    { gives: "TTFT", text: commandLine(["hardware", "prefill"], [...shared, ["context", context]]) },
  ];
}
