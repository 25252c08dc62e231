import { readText } from "../../files/files.ts";
import { dataPath } from "../../files/published.ts";
import type { AgreementReader } from "./simulate.ts";

/** Rows of a table of measured scores that a reader has seen. */
export interface SeenRows {
  /** fitted: a search fitted numbers to them; looked at: sizes were chosen by hand while looking at them */
  readonly role: "fitted" | "looked at";
  readonly source: string;
  readonly model: string;
  readonly tokens: number;
  readonly methods: readonly string[];
}

/** The file of the comparison's reader, as `attnsim agreement --fit` writes it. */
export interface AgreementReaderFile {
  readonly reader: AgreementReader;
  readonly seen: readonly SeenRows[];
}

/** Name of the file in data/, and in the results of a fit. */
export const readerFile = "agreement-reader.json";

/**
 * Reader of the comparison with measured scores, and the rows that it has seen: data/agreement-reader.json. Its keys follow
 * the text.
 */
export const { reader: agreementReader, seen: seenRows } = JSON.parse(
  readText(dataPath(readerFile)),
) as AgreementReaderFile;
