import { formatCount } from "../../core/units.ts";
import { topKeys } from "../../studies/capture/losses.ts";
import { matchRules } from "../../studies/capture/logits.ts";
import type { CaptureAnswer } from "../../studies/capture/run.ts";
import { layerMeasures, variantLosses } from "../../studies/capture/tables.ts";
import { formatTable } from "./table.ts";

const share = (value: number): string => value.toFixed(3);
const percent = (value: number): string => (Number.isNaN(value) ? "-" : `${(100 * value).toFixed(1)}%`);
const rank = (value: number, d: number): string => `${value.toFixed(1)} (${(value / d).toFixed(2)})`;

const { sinks, far, weight, matched } = matchRules;

const notes = [
  "mean of keys: share of the keys' squared length that their mean has; effective rank: e to the entropy of singular values, and over d in parentheses;",
  `logit spread: standard deviation of a query's logits over keys that it does not match, up to ${matched} of these above their mean; match: the largest logit in them;`,
  `retrieval heads: at least a tenth of their queries put more than ${weight} of their weight on one key more than ${far} tokens back (our definition); the first ${sinks} tokens, the sinks, count for weights alone;`,
  `recall: share that was read of the ${topKeys} keys of largest dense weight; tables show means over heads`,
].join("\n");

const factNote =
  "facts: keys that hold what queries ask for, as the capture's metadata say; a query retrieves its fact with more than half of its weight";

/** A column that only captures with known facts have. */
const ifFacts = <T>(facts: number, value: T): T[] => (facts > 0 ? [value] : []);

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;

/** The reader's parameters as options of `attnsim run`. */
function readerLines({
  reader: { params, ofRetrievalHeads, ofFacts, margin },
  headDim,
}: CaptureAnswer): string[] {
  const { sharpness, fidelity, coherence, geometry } = params;
  const whose = ofRetrievalHeads
    ? `read off the queries of retrieval heads that ${ofFacts ? "ask for a known fact" : "retrieve"}`
    : "read off all heads: none retrieves";
  const most =
    margin > Math.sqrt(headDim)
      ? `; no reader matches by more than sqrt(d), ${Math.sqrt(headDim).toFixed(1)}`
      : "";
  return [
    `reader, ${whose}: g ${sharpness}, match ${margin.toFixed(1)} standard deviations${most}`,
    `--head-dim ${headDim} --sharpness ${sharpness} --fidelity ${fidelity}${coherence === undefined ? "" : ` --coherence ${coherence}`} --geometry "${geometry}"`,
    "without --geometry matches have this fidelity; with it they follow from its shares `subject` and `context`, which are not measured",
  ];
}

/** Measures of a capture as text: a table of layers, the reader that is like its heads, and the losses by variants. */
export function formatCapture(answer: CaptureAnswer): string {
  const { layers, queryHeads, kvHeads, tokens, queries, headDim, scale, heads, losses, facts } = answer;
  const retrieval = heads.filter(({ isRetrieval }) => isRetrieval).length;
  const all = variantLosses(losses);
  const dense = all.filter(({ denseInPhase }) => denseInPhase).map(({ variant }) => variant);
  return [
    `${counted(layers, "layer")} of ${counted(queryHeads, "query head")} and ${counted(kvHeads, "kv head")} over ${tokens} tokens, d ${headDim}: the last ${queries} queries of each head, q.k times ${formatCount(scale)}${facts > 0 ? `; ${facts} of them ask for a known fact` : ""}`,
    formatTable(
      [
        "layer",
        "mean of keys",
        "effective rank",
        "without mean",
        "logit spread",
        "match, 10% 50% 90%",
        ...ifFacts(facts, "fact's match"),
        "retrieval heads",
      ],
      layerMeasures(heads).map((layer) => [
        layer.layer,
        share(layer.meanShare),
        rank(layer.effectiveRank, headDim),
        rank(layer.centredRank, headDim),
        layer.spread.toFixed(2),
        layer.match.map((each) => each.toFixed(1)).join("  "),
        ...ifFacts(facts, layer.factMatch?.toFixed(1) ?? null),
        `${layer.retrievalHeads} of ${layer.heads}`,
      ]),
    ),
    `${retrieval} of ${heads.length} heads are retrieval heads (${percent(retrieval / heads.length)})`,
    readerLines(answer).join("\n"),
    formatTable(
      ["variant", "tokens read", "dense mass", "recall", ...ifFacts(facts, "facts"), "error", "worst head"],
      all.map(({ variant, tokensRead, denseMass, recall, factRecall, error, worst }) => [
        variant,
        Math.round(tokensRead),
        percent(denseMass),
        percent(recall),
        ...ifFacts(facts, percent(factRecall ?? NaN)),
        percent(error),
        `${percent(worst.error ?? NaN)}, layer ${worst.layer}, head ${worst.head}`,
      ]),
    ),
    ...(dense.length > 0
      ? [`dense in this phase, and not their own work: ${dense.join(", ")} (--phase)`]
      : []),
    ...(layers > 1
      ? [
          formatTable(
            ["layer", "variant", "dense mass", "recall", ...ifFacts(facts, "facts"), "error"],
            variantLosses(losses, true).map(({ layer, variant, denseMass, recall, factRecall, error }) => [
              layer!,
              variant,
              percent(denseMass),
              percent(recall),
              ...ifFacts(facts, percent(factRecall ?? NaN)),
              percent(error),
            ]),
          ),
        ]
      : []),
    [notes, ...ifFacts(facts, factNote)].join("\n"),
  ].join("\n\n");
}
