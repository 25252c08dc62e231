import { parseSpec } from "../../attention/spec.ts";
import { numberColumn, textColumn } from "../../core/table.ts";
import { modelCost } from "../../deployment/model-cost.ts";
import { exchangedBytes, gatheredBytes } from "../../hardware/transfers.ts";
import { kvDtype } from "./question.ts";
import type { CoDesignQuestion } from "./question.ts";
import { scoreColumns, scoresOf } from "./scores.ts";

/** Accuracy of each variant, and the bytes of its decode step. */
export function variantRows(question: CoDesignQuestion, onStep: () => void) {
  const { model, systems, tokens, variants, problems } = question;
  const gpus = systems[0]!.gpus.value;
  return variants.map((variant) => {
    const cost = modelCost(model, parseSpec(variant), tokens, kvDtype);
    const hbmBytes = cost.kvReadBytes + cost.indexReadBytes;
    const scores = scoresOf(variant, problems);
    onStep();
    return {
      variant,
      ...scores,
      hbmBytes,
      searchPerGigabyte: scores.search / (hbmBytes / 1e9),
      gatheredBytes: gatheredBytes(cost, gpus),
      exchangedBytes: exchangedBytes(model, gpus),
      keptBytes: cost.keptBytes + cost.indexKeptBytes,
    };
  });
}

export const variantTable = ({ systems }: CoDesignQuestion, rows: ReturnType<typeof variantRows>) => {
  const gpus = systems[0]!.gpus.value;
  return {
    name: "data",
    title: "accuracy, and bytes of a decode step: one row a variant",
    columns: [
      textColumn("variant", "attention variant spec"),
      ...scoreColumns,
      numberColumn("hbmBytes", "K, V and index that a step reads for a user, all layers", "B"),
      numberColumn("searchPerGigabyte", "search over hbmBytes", "1/GB"),
      numberColumn(
        "gatheredBytes",
        `over NVLink where the rows read are gathered from ${gpus} GPUs, a user`,
        "B",
      ),
      numberColumn(
        "exchangedBytes",
        `over NVLink where heads' outputs are exchanged among ${gpus} GPUs, a user`,
        "B",
      ),
      numberColumn("keptBytes", "K, V and index of a user, all layers", "B"),
    ],
    rows,
    primaryKey: ["variant"],
  };
};
