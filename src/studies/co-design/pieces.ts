import { parseSpec } from "../../attention/spec.ts";
import { keyValueBytes } from "../../core/cost.ts";
import type { KvDtype } from "../../core/dtype.ts";
import { numberColumn, textColumn } from "../../core/table.ts";
import { modelCost } from "../../deployment/model-cost.ts";
import { attentionLayer } from "../../hardware/layers/attention.ts";
import { fetchedBytes } from "../../hardware/transfers.ts";
import { kvDtype } from "./question.ts";
import type { CoDesignQuestion } from "./question.ts";
import { scoreColumns, scoresOf } from "./scores.ts";

/** Rows that read the same number of tokens in pieces of different sizes. */
export function pieceRows(question: CoDesignQuestion, onStep: () => void) {
  const { model, tokens, read, blocks, problems } = question;
  return blocks.map((block) => {
    const variant = block === 1 ? `dsa(k=${read})` : `moba(block=${block},k=${Math.max(2, read / block)})`;
    const cost = modelCost(model, parseSpec(variant), tokens, kvDtype);
    const bytes = (dtype: KvDtype): number =>
      Math.ceil(keyValueBytes(attentionLayer(model.attention[0]).shape(tokens, dtype), block));
    const [piece, narrow] = [bytes(kvDtype), bytes("nvfp4")];
    const scores = scoresOf(variant, problems);
    onStep();
    return {
      variant,
      block,
      ...scores,
      pieceBytes: piece,
      fetched: fetchedBytes(piece) / piece,
      fetchedNarrow: fetchedBytes(narrow) / narrow,
      indexReadBytes: cost.indexReadBytes,
      kvReadBytes: cost.kvReadBytes,
    };
  });
}

export const pieceTable = ({ read }: CoDesignQuestion, rows: ReturnType<typeof pieceRows>) => ({
  name: "pieces",
  title: `the choice of ${read} tokens in pieces: one row a size`,
  columns: [
    textColumn("variant", "attention variant spec"),
    numberColumn("block", "tokens in a piece"),
    ...scoreColumns,
    numberColumn("pieceBytes", "bytes of a piece in one layer, fp8", "B"),
    numberColumn("fetched", "bytes that come over bytes asked for, fp8"),
    numberColumn("fetchedNarrow", "the same in nvfp4"),
    numberColumn("indexReadBytes", "index that a step reads for a user, all layers", "B"),
    numberColumn("kvReadBytes", "K and V that a step reads for a user, all layers", "B"),
  ],
  rows,
  primaryKey: ["variant"],
});
