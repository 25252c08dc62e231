import { parseSpec } from "../../attention/spec.ts";
import { distinct } from "../../core/group.ts";
import { parseLength } from "../../core/length.ts";
import { formatMean, formatSeconds, formatUsd } from "../../core/units.ts";
import { roomiest } from "../../deployment/choice.ts";
import { fastestDecode } from "../../deployment/decode.ts";
import { divisionsOf } from "../../deployment/division.ts";
import type { ModelOnSystem } from "../../deployment/division.ts";
import { fits } from "../../deployment/memory.ts";
import { hasEffect } from "../../deployment/model-cost.ts";
import { priceVariant } from "../../deployment/variant-price.ts";
import type { VariantPrice } from "../../deployment/variant-price.ts";
import { models } from "../../hardware/models/all.ts";
import { systems } from "../../hardware/systems/all.ts";
import { usualWeights } from "../../hardware/weights/choice.ts";
import { frontierFigure } from "../../studies/frontier/figure.ts";
import { frontierPoints } from "../../studies/frontier/result.ts";
import type { FrontierPoint, PricedVariant } from "../../studies/frontier/result.ts";
import { scoresAt } from "../../studies/frontier/scores.ts";
import type { ScoresAtLength } from "../../studies/frontier/scores.ts";
import type { TrialRow } from "../../trial/columns.ts";
import type { FrontierAnswer, FrontierQuestion, ShownTable } from "../questions.ts";
import { commandLine, readerOptions } from "./command.ts";
import { draw } from "./draw.ts";
import { withGrey } from "./grey.ts";
import { noted } from "./noted.ts";
import { workOut } from "./pool.ts";
import { requests, tpotLimit } from "./requests.ts";

/** Trials of a variant that one worker does at a time. */
const jobTrials = 4;

/** Accuracy against TPOT and users, and then against prices, which take longer to work out. */
export async function* frontier(question: FrontierQuestion): AsyncGenerator<FrontierAnswer | undefined> {
  const { variants, task, tokens: length, trials, users, reader, look } = question;
  const errors: Record<string, string> = {};
  const command = commandOf(question);
  const [system, model] = [systems.get(question.system), models.get(question.model)];
  const read = distinct(variants).filter((text) => noted(errors, text, () => parseSpec(text)));
  const suited = read.filter((text) => hasEffect(model, parseSpec(text)));
  const notes = read
    .filter((text) => !suited.includes(text))
    .map((text) => `left out: ${text} has no effect on ${model.name}`);
  if (!noted(errors, length, () => parseLength(length))) {
    yield { errors, notes, command };
    return;
  }
  const priced: PricedVariant[] = [];
  const answer = async (): Promise<FrontierAnswer> => {
    if (priced.length === 0) return { errors, notes, command };
    const passing = priced.filter((point) => passes(question, point));
    const failing = priced.filter((point) => !passes(question, point));
    const points: FrontierPoint[] = [
      ...frontierPoints(passing),
      ...failing.map((point) => ({ ...point, bestTpot: false, bestUsers: false, bestPrice: false })),
    ];
    const grey = failing.map(({ variant }) => variant);
    const figure = await draw("frontier", withGrey(frontierFigure(points, grey), grey), look);
    return { figure, table: tableOf(points, grey), errors, notes, command };
  };
  const tokens = parseLength(length);
  for (const variant of suited) {
    const rows: TrialRow[] = [];
    const all = Array.from({ length: trials }, (_, trial) => ({ task, variant, tokens, trial, reader }));
    const jobs = Array.from({ length: Math.ceil(trials / jobTrials) }, (_, job) =>
      all.slice(job * jobTrials, (job + 1) * jobTrials),
    );
    let failure: Error | undefined;
    try {
      for (const nothing of workOut(jobs, (own) => rows.push(...own))) yield nothing;
    } catch (error) {
      failure = error as Error;
    }
    let scored: ScoresAtLength | undefined;
    const isScored = noted(errors, variant, () => {
      if (failure !== undefined) throw failure;
      rows.sort((a, b) => a.trial! - b.trial!);
      scored = scoresAt(rows, tokens);
    });
    const [score] = scored?.scores ?? [];
    if (!isScored || score === undefined) continue;
    const quick = quickPrice(onSystem(question, variant), users, tokens);
    priced.push({ ...score, system: system.name, model: model.name, tokens, ...quick });
    yield await answer();
  }
  const dollarsPerGpuHour = system.gpu.rental?.value;
  if (dollarsPerGpuHour !== undefined)
    for (const [i, point] of priced.entries()) {
      const on = onSystem(question, point.variant);
      const divisions = { prefill: divisionsOf(on, "prefill"), decode: divisionsOf(on, "decode") };
      const workload = { ...requests, inputTokens: tokens };
      priced[i] = { ...point, ...priceVariant({ divisions, workload, users, tpotLimit, dollarsPerGpuHour }) };
      yield await answer();
    }
}

/** The question's model with a variant on its system. */
function onSystem(question: FrontierQuestion, variant: string): ModelOnSystem {
  const [system, model] = [systems.get(question.system), models.get(question.model)];
  return { system, model, spec: parseSpec(variant), kvDtype: "fp8", weights: usualWeights(system, model) };
}

/** Time of a token and users that fit: the part of a price that is quick to work out. */
function quickPrice(on: ModelOnSystem, users: number, tokens: number): VariantPrice {
  const divisions = divisionsOf(on, "decode");
  const step = fastestDecode(divisions, { users, tokens });
  return {
    tpotSeconds: step !== undefined && fits(step.lack) ? step.tpotSeconds : null,
    usersPerRack: roomiest(divisions, tokens)?.users ?? 0,
    dollarsPerMillionInput: null,
    dollarsPerMillionOutput: null,
  };
}

/** Whether a variant meets the constraints. */
const passes = (
  { tpotAtMost, usersAtLeast }: FrontierQuestion,
  { tpotSeconds, usersPerRack }: PricedVariant,
): boolean =>
  (tpotAtMost === undefined || (tpotSeconds !== null && 1000 * tpotSeconds <= tpotAtMost)) &&
  (usersAtLeast === undefined || usersPerRack >= usersAtLeast);

const commandOf = ({
  task,
  variants,
  tokens,
  trials,
  system,
  model,
  users,
  reader,
}: FrontierQuestion): string =>
  commandLine(
    ["frontier", "--mean-field"],
    [
      ["task", task],
      ["variant", variants.join(",")],
      ["tokens", tokens],
      ["trials", trials],
      ["system", system],
      ["model", model],
      ["users", users],
      ["beyond", true],
      ...readerOptions(reader),
    ],
  );

/** Scores and costs; a star marks what no other variant beats. */
function tableOf(points: readonly FrontierPoint[], grey: readonly string[]): ShownTable {
  const star = (text: string, isBest: boolean): string => (isBest ? `${text} *` : text);
  const orDash = (value: number | null, format: (value: number) => string): string =>
    value === null ? "-" : format(value);
  return {
    titles: ["variant", "score", "TPOT", "users per rack", "$/M in", "$/M out"],
    rows: points.map((point) => [
      grey.includes(point.variant) ? `${point.variant} (fails)` : point.variant,
      formatMean({ ...point, mean: point.score }),
      star(orDash(point.tpotSeconds, formatSeconds), point.bestTpot),
      star(String(point.usersPerRack), point.bestUsers),
      orDash(point.dollarsPerMillionInput, formatUsd),
      star(orDash(point.dollarsPerMillionOutput, formatUsd), point.bestPrice),
    ]),
  };
}
