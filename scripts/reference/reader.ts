import { paramFacts } from "../../src/cli/print/facts.ts";
import { readerParams } from "../../src/reader/params.ts";
import { joined, table } from "../documents/markdown.ts";

/** docs/reference/reader.md: parameters of the constructed reader. */
export const readerPage = (): string =>
  joined([
    "# The reader",
    "Every variant serves the same constructed reader, which [docs/model.md](../model.md) defines. A run sets each parameter by its own option.",
    table(paramFacts(readerParams)),
  ]);
