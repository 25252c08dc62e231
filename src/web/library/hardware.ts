import { parseSpec } from "../../attention/spec.ts";
import { UsageError } from "../../core/errors.ts";
import { parseLength } from "../../core/length.ts";
import { fits } from "../../deployment/memory.ts";
import type { Model } from "../../hardware/model.ts";
import { parseParallel } from "../../hardware/parallel.ts";
import type { HardwareAnswer, HardwareQuestion } from "../questions.ts";
import { modelOf, specOf } from "./asked-model.ts";
import { draw } from "./draw.ts";
import { commandsOf } from "./hardware-commands.ts";
import { rooflineFigure, stepFigure } from "./hardware-figures.ts";
import type { SystemStep } from "./hardware-figures.ts";
import { noted } from "./noted.ts";
import { operatorsTable } from "./operators-table.ts";
import { operatorsOf } from "./operators.ts";
import { priceFacts, promptFacts } from "./prompt-facts.ts";
import { stepOn } from "./step-side.ts";
import type { Worked } from "./step-side.ts";

/** Memory and times of a model on systems. Times of a step come first, those of prompts and prices later. */
export async function* hardware(question: HardwareQuestion): AsyncGenerator<HardwareAnswer> {
  const { systems, look, ...asked } = question;
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
  const sides = new Map<string, Worked | string>();
  for (const system of systems)
    try {
      sides.set(system, stepOn({ system, asked }));
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      sides.set(system, error.message);
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
          draw("step", stepFigure(steps), look),
          draw("roofline", rooflineFigure(steps), look),
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
    for (const [system, side] of sides) {
      if (typeof side === "string") continue;
      const facts = [...side.side.facts, ...add({ system, asked })];
      sides.set(system, { ...side, side: { ...side.side, facts } });
      yield answer();
    }
}
