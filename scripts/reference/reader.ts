import { paramFacts } from "../../src/cli/print/facts.ts";
import { readerParams } from "../../src/reader/params.ts";
import { catalog } from "../../src/catalog.ts";
import { departures, joined, sentence, sources, table } from "../documents/markdown.ts";

/** docs/reference/reader.md: parameters of the constructed reader. */
export const readerPage = (): string =>
  joined([
    "# The reader",
    "Every variant serves the same constructed reader, which [docs/model.md](../model.md) defines. A run sets each parameter by its own option.",
    table(paramFacts(readerParams)),
    "## Key geometries",
    "`--geometry` says how keys follow the text of the prompt ([docs/model.md](../model.md#keys-that-follow-the-text)).",
    ...[...catalog.geometries].flatMap((geometry) => [
      `### ${geometry.name}`,
      sentence(geometry.summary),
      table(paramFacts(geometry.params)),
      departures(geometry),
      sources(geometry),
    ]),
  ]);
