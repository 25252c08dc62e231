import { join } from "node:path";
import { UsageError } from "../../../core/errors.ts";
import { Random } from "../../../core/random.ts";
import { writeAtomic } from "../../../files/files.ts";
import type { Watch } from "../../../runs/watch.ts";
import { finishStudy } from "../../study.ts";
import type { Study } from "../../study.ts";
import { settingsOf } from "../compare.ts";
import type { SettingScore } from "../compare.ts";
import { express } from "../express.ts";
import type { ExpressedScore } from "../express.ts";
import { readMeasured } from "../measured.ts";
import { readerFile } from "../reader.ts";
import { claimStudy } from "../run.ts";
import type { AgreementOptions } from "../run.ts";
import { simulate } from "../simulate.ts";
import type { AgreementReader } from "../simulate.ts";
import { fittedRows, isFitted, pointOfReader, readerAt, seenByFit } from "./declaration.ts";
import type { FittedPoint } from "./declaration.ts";
import { fitLoss, withDenseAlone } from "./loss.ts";
import { fitResamples, fitResult } from "./result.ts";
import type { AgreementFit } from "./result.ts";
import { bestOf, searchPoints } from "./search.ts";
import type { SearchSize } from "./search.ts";
import { numbersTable, pointsTable } from "./tables.ts";

const name = "agreement-fit";
const question =
  "Which values of six numbers of the reader come nearest to dense attention and three methods?";

export interface AgreementFitOptions extends AgreementOptions, SearchSize {}

/**
 * Fits six numbers of the reader to measured scores of dense attention and three methods on one model, and writes the
 * reader beside the results: copied to data/, it becomes the comparison's.
 *
 * @throws UsageError for an unreadable table and one without the rows; Unfinished when trials are missing
 */
export async function runAgreementFit(
  options: AgreementFitOptions,
  watch: Watch,
): Promise<Study<AgreementFit>> {
  const { table, trials, reader, seed, out } = options;
  const rows = withDenseAlone(rowsToFit(table));
  const config = claimStudy(name, options);
  const ran: AgreementReader[] = [];
  /** Runs readers. The plan holds all readers so far, so that the trials of earlier ones are kept. */
  const settingsAt = async (readers: readonly AgreementReader[]): Promise<SettingScore[][]> => {
    ran.push(...readers);
    const compared = await simulate(rows, ran, { ...options, name, question }, watch);
    return compared.slice(-readers.length).map(settingsOf);
  };
  const [before] = await settingsAt([reader]);
  const settings: SettingScore[][] = [];
  const lossesAt = async (points: readonly FittedPoint[]): Promise<number[]> => {
    const found = await settingsAt(points.map((point) => readerAt(reader, point)));
    settings.push(...found);
    return found.map(fitLoss);
  };
  const tried = await searchPoints(lossesAt, {
    ...options,
    start: pointOfReader(reader),
    random: new Random(`${seed}/agreement-fit`),
  });
  const fitted = readerAt(reader, bestOf(tried).point);
  const course = { tried, settings, before: before! };
  const answer = watch.steps(fitResamples, "resamples", (onResample) =>
    fitResult(course, { trials, reader: fitted }, onResample),
  );
  const file = { reader: fitted, seen: seenByFit };
  writeAtomic(join(out, readerFile), `${JSON.stringify(file, null, 2)}\n`);
  return finishStudy(
    answer,
    {
      name,
      question,
      tables: [numbersTable(answer), pointsTable(answer)],
      figures: {},
      manifest: { config, rows: fittedRows, loss: answer.loss },
    },
    out,
  );
}

/** Rows that numbers are fitted to, one task each. @throws UsageError for a table without them */
function rowsToFit(table: string): ExpressedScore[] {
  const rows = readMeasured(table)
    .scores.filter(isFitted)
    .map(express)
    .filter((row): row is ExpressedScore => "tasks" in row && row.tasks.length === 1);
  const missing = fittedRows.methods.filter(
    (method) => !rows.some(({ measured }) => measured.method === method),
  );
  if (missing.length > 0)
    throw new UsageError(
      `${table} has no rows of ${missing.join(", ")} on ${fittedRows.model} at ${fittedRows.tokens} tokens by ${fittedRows.source}, to which numbers are fitted`,
    );
  return rows;
}
