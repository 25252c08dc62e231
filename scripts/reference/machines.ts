import { quantityFacts } from "../../src/cli/print/facts.ts";
import { catalog } from "../../src/catalog.ts";
import type { Entry } from "../../src/core/entry.ts";
import { contents, joined, sentence, sources, table } from "../documents/markdown.ts";

/** docs/reference/systems.md: every rack and GPU, with the source of each number. */
export const systemsPage = (): string => page("Systems", "Rates are dense and per GPU.", catalog.systems);

/** docs/reference/models.md: every model, with the source of each number. */
export const modelsPage = (): string =>
  page(
    "Models",
    "Dimensions are those of the model's published config.json. Layers that are alike are one group.",
    catalog.models,
  );

const page = (title: string, about: string, entries: Iterable<Entry>): string =>
  joined([`# ${title}`, about, contents(entries), ...[...entries].flatMap(section)]);

const section = (entry: Entry): string[] => [
  `## ${entry.name}`,
  sentence(entry.summary),
  table(quantityFacts(entry)),
  sources(entry),
];
