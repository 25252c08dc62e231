import { listEngines } from "../../src/engines/registry.ts";
import { rooms } from "../../test/architecture/rooms.ts";
import { checksTable, publishedCommand, requestsTable, trendsBy } from "./agreement.ts";
import type { Maker } from "./blocks.ts";
import { experimentsTable, trendsTable } from "./experiments.ts";
import { table, textBlock } from "./markdown.ts";
import { articleReaderParagraph } from "./results/article-reader.ts";
import { marginsParagraph } from "./results/margins.ts";
import { readmeFindings, resultsPage } from "./results/page.ts";
import { learnedResults } from "./learned.ts";
import { meanFieldGap } from "./mean-field-gap.ts";
import {
  ablatedParts,
  fittedReader,
  measuredGroups,
  measuredReasons,
  measuredRoles,
} from "./measured-scores.ts";
import { startPlan } from "./start.ts";
import { workedQuery } from "./worked-query.ts";

const failingLaw = "npx tsx scripts/documents/failing-law.ts";

/** Commands whose output blocks are made of. */
export const helpers: readonly string[] = [startPlan, publishedCommand, failingLaw];

/** The generated blocks of documents by name. */
export const makers: Readonly<Record<string, Maker>> = {
  rooms: roomsTable,
  tree: folderTree,
  experiments: experimentsTable,
  trends: trendsTable,
  findings: readmeFindings,
  margins: marginsParagraph,
  results: resultsPage,
  engines: enginesTable,
  "failing-law": (outputOf) => textBlock(outputOf(failingLaw).trimEnd()),
  "worked-query": workedQuery,
  learned: learnedResults,
  "article-reader": articleReaderParagraph,
  "mean-field-gap": meanFieldGap,
  disagreements: (outputOf) => trendsBy((verdict) => verdict !== "reproduced")(outputOf(publishedCommand)),
  agreements: (outputOf) => trendsBy((verdict) => verdict === "reproduced")(outputOf(publishedCommand)),
  "golden-checks": (outputOf) => checksTable(outputOf(publishedCommand)),
  "published-requests": requestsTable,
  "measured-roles": measuredRoles,
  "measured-groups": measuredGroups,
  "measured-reasons": measuredReasons,
  "ablated-parts": ablatedParts,
  "fitted-reader": fittedReader,
};

async function enginesTable(): Promise<string> {
  return table({
    titles: ["engine", "summary"],
    rows: (await listEngines()).map(({ name, summary }) => [name, summary]),
  });
}

/** The folders of src, a line each. */
function folderTree(): string {
  const width = Math.max(...rooms.map(({ name }) => name.length)) + 3;
  const lines = rooms.map(({ name, holds }) => `  ${`${name}/`.padEnd(width)}${holds.replaceAll("`", "")}`);
  return ["```text", "src/", ...lines, "```"].join("\n");
}

/** The table of rooms, from the rules that a test holds them to. */
function roomsTable(): string {
  const rows = rooms.map(({ name, imports, holds }, i) => {
    const allowed = i > 1 && imports.length === i ? "all above" : imports.join(", ");
    return [`\`${name}\``, allowed === "" ? "nothing" : allowed, holds];
  });
  return table({ titles: ["room", "may import", "holds"], rows });
}
