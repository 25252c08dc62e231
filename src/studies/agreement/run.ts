import { UsageError } from "../../core/errors.ts";
import { claimFolder } from "../../runs/claim.ts";
import type { Watch } from "../../runs/watch.ts";
import { finishStudy } from "../study.ts";
import type { Study } from "../study.ts";
import { baselinesOf } from "./baselines.ts";
import { settingsOf } from "./compare.ts";
import { agreementFigure } from "./figure.ts";
import { readMeasured } from "./measured.ts";
import { agreementResult } from "./result.ts";
import type { AgreementResult } from "./result.ts";
import { sortRows } from "./rows.ts";
import type { AskedRows, SortedRows } from "./rows.ts";
import { simulate, simulatedCells } from "./simulate.ts";
import type { AgreementReader, SimulationSettings } from "./simulate.ts";
import {
  baselinesTable,
  cellsTable,
  groupsTable,
  rolesTable,
  scoresTable,
  settingsTable,
  unexpressedTable,
} from "./tables.ts";

const name = "agreement";
const question = "Does the simulator predict measured scores of attention methods on real models?";

export interface AgreementOptions extends AskedRows, Omit<SimulationSettings, "name" | "question"> {
  /** CSV of measured scores */
  readonly table: string;
  readonly force?: boolean | undefined;
  /** reader parameters that differ from the defaults */
  readonly reader: AgreementReader;
}

/**
 * Runs every row of a table of measured scores that the simulator can express, and compares.
 *
 * @throws UsageError for an unreadable table and one without a row that can be expressed; Unfinished when trials are
 *   missing
 */
export async function runAgreement(options: AgreementOptions, watch: Watch): Promise<Study<AgreementResult>> {
  const { table, reader, trials, out } = options;
  const { expressed, unexpressed } = askedRows(options);
  const config = claimStudy(name, options);
  const [compared] = await simulate(expressed, [reader], { ...options, name, question }, watch);
  const settings = settingsOf(compared!);
  const answer = agreementResult(settings, {
    unexpressed,
    baselines: baselinesOf(readMeasured(table).scores),
    trials,
    reader,
  });
  return finishStudy(
    answer,
    {
      name,
      question,
      tables: [
        cellsTable(compared!),
        settingsTable(settings),
        rolesTable(answer),
        groupsTable(answer.groups),
        baselinesTable(answer.baselines),
        scoresTable(simulatedCells(compared!)),
        unexpressedTable(answer.unexpressed),
      ],
      figures: { [name]: agreementFigure(settings, answer) },
      manifest: { config },
    },
    out,
  );
}

/** Rows of a study's table. @throws UsageError if none can be run */
export function askedRows({ table, ...asked }: AskedRows & Pick<AgreementOptions, "table">): SortedRows {
  const rows = sortRows(readMeasured(table), asked);
  if (rows.expressed.length === 0)
    throw new UsageError(
      `${table}: none of its rows can be run: ${rows.unexpressed[0]?.reason ?? "no row is asked for"}`,
    );
  return rows;
}

/** Takes the folder of a study. Returns the options that its answer depends on. */
export function claimStudy(study: string, { table, out, force, ...options }: AgreementOptions): object {
  const own = { table: table.split(/[/\\]/).at(-1), ...options, workers: undefined, threads: undefined };
  claimFolder(out, { name: study, config: own, force });
  return own;
}
