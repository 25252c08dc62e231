import { readFileSync } from "node:fs";
import { cpus, homedir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { callKinds } from "./table.ts";
import type { Measured } from "./table.ts";

/** What a measured table holds for. */
export interface Measurer {
  readonly processor: string;
  readonly threads: number;
  /** versions by name, of all the engines that were measured */
  readonly engines: Readonly<Record<string, string>>;
}

/** A table that `attnsim bench --calibrate` measured. */
export interface Calibration extends Measurer {
  readonly table: readonly Measured[];
}

export const processorName = (): string => cpus()[0]?.model.trim() ?? "unknown";

/** Where the table for so many threads lies, in the user's cache folder. */
export function calibrationFile(threads: number): string {
  const { XDG_CACHE_HOME: xdg, LOCALAPPDATA: local } = process.env;
  const folder = process.platform === "win32" && local ? local : xdg || join(homedir(), ".cache");
  return join(folder, "attnsim", `engines-${threads}-threads.json`);
}

/** The table that was measured here; undefined where there is none, or only a broken or an outdated one. */
export function readCalibration(measurer: Measurer): readonly Measured[] | undefined {
  let saved: unknown;
  try {
    saved = JSON.parse(readFileSync(calibrationFile(measurer.threads), "utf8"));
  } catch {
    return undefined;
  }
  if (!isRecord(saved)) return undefined;
  const { table, ...measuredBy } = saved;
  if (!isDeepStrictEqual(measuredBy, { ...measurer })) return undefined;
  return Array.isArray(table) && table.every(isMeasured) ? table : undefined;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isPositive = (value: unknown): boolean =>
  typeof value === "number" && Number.isFinite(value) && value > 0;

const isMeasured = (value: unknown): value is Measured =>
  isRecord(value) &&
  callKinds.some((kind) => kind === value["kind"]) &&
  Array.isArray(value["sizes"]) &&
  value["sizes"].length === 3 &&
  value["sizes"].every(isPositive) &&
  isRecord(value["ms"]) &&
  Object.values(value["ms"]).every(isPositive);
