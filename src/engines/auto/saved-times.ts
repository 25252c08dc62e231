import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { callKinds } from "./table.ts";
import type { TimedCall, TimedOn } from "./table.ts";

/** Path of the table for a number of threads, in the user's cache folder. */
export function engineTimesFile(threads: number): string {
  const { XDG_CACHE_HOME: xdg, LOCALAPPDATA: local } = process.env;
  const folder = process.platform === "win32" && local ? local : xdg || join(homedir(), ".cache");
  return join(folder, "attnsim", `engines-${threads}-threads.json`);
}

/** Reads the table that was measured here; undefined if there is none, or it is broken or outdated. */
export function readEngineTimes(here: TimedOn): readonly TimedCall[] | undefined {
  let saved: unknown;
  try {
    saved = JSON.parse(readFileSync(engineTimesFile(here.threads), "utf8"));
  } catch {
    return undefined;
  }
  if (!isRecord(saved)) return undefined;
  const { table, ...timedOn } = saved;
  if (!isDeepStrictEqual(timedOn, { ...here })) return undefined;
  return Array.isArray(table) && table.every(isTimedCall) ? table : undefined;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isPositive = (value: unknown): boolean =>
  typeof value === "number" && Number.isFinite(value) && value > 0;

const isTimedCall = (value: unknown): value is TimedCall =>
  isRecord(value) &&
  callKinds.some((kind) => kind === value["kind"]) &&
  Array.isArray(value["sizes"]) &&
  value["sizes"].length === 3 &&
  value["sizes"].every(isPositive) &&
  isRecord(value["ms"]) &&
  Object.values(value["ms"]).every(isPositive);
