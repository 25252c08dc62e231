import type { Watch } from "../../../runs/watch.ts";
import { finishStudy } from "../../study.ts";
import type { Study } from "../../study.ts";
import { settingsOf } from "../compare.ts";
import { askedRows, claimStudy } from "../run.ts";
import type { AgreementOptions } from "../run.ts";
import { simulate } from "../simulate.ts";
import { ablationFigure } from "./figure.ts";
import { readerParts } from "./parts.ts";
import { ablationResult } from "./result.ts";
import type { AblationResult } from "./result.ts";
import { ablatedSettingsTable, partsTable } from "./tables.ts";

const name = "agreement-ablation";
const question = "Which part of the reader's geometry brings its predictions nearer to measured scores?";

/**
 * Compares a table of measured scores with the reader, and with the reader without each part of its geometry.
 *
 * @throws UsageError for an unreadable table, one without a row that can be expressed, and a reader whose keys do not
 *   follow the text; Unfinished when trials are missing
 */
export async function runAblation(options: AgreementOptions, watch: Watch): Promise<Study<AblationResult>> {
  const { reader, trials, out } = options;
  const parts = readerParts(reader);
  const { expressed } = askedRows(options);
  const config = claimStudy(name, options);
  const readers = [reader, ...parts.map(({ without }) => without)];
  const compared = await simulate(expressed, readers, { ...options, name, question }, watch);
  const [full, ...others] = compared.map(settingsOf);
  const ablated = parts.map((part, i) => ({ part, settings: others[i]! }));
  const answer = ablationResult(full!, ablated, { trials, reader });
  return finishStudy(
    answer,
    {
      name,
      question,
      tables: [partsTable(answer), ablatedSettingsTable(full!, ablated)],
      figures: { ablation: ablationFigure(answer) },
      manifest: { config },
    },
    out,
  );
}
