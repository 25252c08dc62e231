import type { Ops } from "../../engines/ops.ts";
import { attentionFigure } from "../../figures/attention-view.ts";
import { makeTrial } from "../../trial/make-trial.ts";
import { reasonText, shareText } from "../../trial/view/sentence.ts";
import { viewTrial } from "../../trial/view/view-trial.ts";
import type { QueryView, TrialView } from "../../trial/view/view.ts";
import type { GoldText, ReadsQuestion, ShownReads } from "./messages.ts";

/** Tokens of text shown before a gold record and behind its token. */
const [before, behind] = [24, 12];

/** Gold tokens of a query whose text is shown. */
const mostGold = 3;

/** Runs the trial of a question with one variant, and shows what its queries read. */
export function readsOf(question: ReadsQuestion, variant: string, ops: Ops): ShownReads {
  const { task, tokens, seed, trial, reader, queries } = question;
  const view = viewTrial(makeTrial({ task, variant, tokens, seed, trial, reader, mode: "numerics" }), {
    ops,
    queries,
  });
  return {
    variant,
    spec: attentionFigure(view),
    table: {
      titles: ["query", "step", "asks for", "tokens read", "recall", "gold mass", "why"],
      rows: view.queries.map((query, i) => [
        String(i + 1),
        String(query.step + 1),
        query.name,
        String(Math.round(query.tokensRead)),
        query.recall === null ? "-" : shareText(query.recall),
        query.goldMass === null ? "-" : shareText(query.goldMass),
        reasonText(query.reason),
      ]),
    },
    texts: view.queries.flatMap((query, i) => goldTexts(view, query, i + 1)),
  };
}

/** The text around the first gold tokens of a query. */
const goldTexts = ({ texts }: TrialView, query: QueryView, number: number): GoldText[] =>
  query.gold.slice(0, mostGold).map(({ from, position }) => {
    const first = Math.max(0, from - before);
    const end = Math.min(query.read.length, position + behind + 1);
    return {
      query: `${number}. ${query.name}`,
      tokens: Array.from({ length: end - first }, (_, i) => {
        const at = first + i;
        return {
          text: texts[at] ?? "",
          read: query.read[at]! > 0,
          weight: query.weights[at]!,
          gold: at === position,
        };
      }),
    };
  });
