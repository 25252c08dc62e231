import { parsePythonJson } from "../../core/json.ts";
import { modelFrom } from "../../hardware/config/user.ts";
import { nativeOf } from "../../hardware/model.ts";
import type { Model } from "../../hardware/model.ts";
import { models } from "../../hardware/models/all.ts";
import type { HardwareQuestion } from "../questions.ts";

/** A model and its use on one system. The look of figures is no part of it: results are kept by this. */
export interface OnSystem {
  readonly system: string;
  readonly asked: Omit<HardwareQuestion, "systems" | "look">;
}

/** Results of the latest questions that are kept. */
export const keptResults = 32;

/** The model that a question names, or that its file describes. @throws UsageError */
export function modelOf({ model, modelFile }: Pick<HardwareQuestion, "model" | "modelFile">): Model {
  if (modelFile === undefined) return models.get(model);
  return modelFrom(parsePythonJson(modelFile.text, modelFile.name), {
    file: modelFile.name,
    fallback: modelFile.name.replace(/\.json$/i, ""),
    models,
  });
}

/** Spec of the attention that a question means, in a model: the model's own unless it names another, in its place. */
export const specOf = (
  { variant, placement }: Pick<HardwareQuestion, "variant" | "placement">,
  model: Model,
): string => [variant === "" ? nativeOf(model) : variant, placement].filter((part) => part !== "").join("+");

/** Changes of the systems that a question asks for, as `--set` takes them. */
export const settingsOf = (scales: HardwareQuestion["scales"]): string[] =>
  Object.entries(scales).flatMap(([path, percent]) => (percent === 100 ? [] : [`${path}=${percent}%`]));
