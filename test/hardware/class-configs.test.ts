import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { modelFromConfig } from "../../src/hardware/config/model.ts";
import { parametersOf, weightCounts } from "../../src/hardware/parameters.ts";

/** model_type, parameters of the language model, and config.json of each class of transformers with its defaults. */
const classes = readFileSync(new URL("data/classes.tsv", import.meta.url), "utf8")
  .trimEnd()
  .split("\n")
  .map((line) => line.split("\t") as [type: string, parameters: string, config: string]);

describe("the classes of transformers", () => {
  it.each(classes)("%s has as many parameters as its modules", (type, parameters, config) => {
    const model = modelFromConfig({ name: type, summary: "", sources: [] }, JSON.parse(config), {
      title: `${type}, config.json`,
      url: "",
    });
    const { total } = parametersOf(model);
    const counts = [total, total + weightCounts(model).norms];
    const error = Math.min(...counts.map((count) => Math.abs(count / Number(parameters) - 1)));
    expect(error, `${total} in all`).toBeLessThan(0.01);
  });
});
