import { paramFacts } from "../../src/cli/print/facts.ts";
import { catalog } from "../../src/catalog.ts";
import { contents, departures, joined, sentence, sources, table, textBlock } from "../documents/markdown.ts";

/** docs/reference/shapings-and-placements.md: modifiers of a spec. */
export const modifiersPage = (): string =>
  joined([
    "# Logit shapings and placements",
    "Both are modifiers of a spec: `dense+ssmax`, `quest+split(hot=.25)`.",
    "## Logit shapings",
    "A shaping decides how logits become weights. It goes with any variant that has a softmax.",
    contents(catalog.shapings),
    "## Placements",
    "A placement decides where K and V lie. Scores stay the same; costs change.",
    contents(catalog.placements),
    "## One by one",
    ...[...catalog.shapings].flatMap((shaping) => [
      `### ${shaping.name}`,
      sentence(shaping.summary),
      textBlock(shaping.formula),
      table(paramFacts(shaping.params)),
      departures(shaping),
      sources(shaping),
    ]),
    ...[...catalog.placements].flatMap((placement) => [
      `### ${placement.name}`,
      sentence(placement.summary),
      table(paramFacts(placement.params)),
      departures(placement),
      sources(placement),
    ]),
  ]);
