import type { Source } from "../../core/entry.ts";

/** A config.json of Hugging Face, read in the copy that AIConfigurator keeps and not at its source. */
export const configOf = (repository: string): Source => ({
  title: `${repository}, config.json (copy of AIConfigurator)`,
  url: `https://github.com/ai-dynamo/aiconfigurator/blob/095f58a/aic-core/src/aiconfigurator_core/model_configs/${repository.replace("/", "--")}_config.json`,
});
