/**
 * Samples measured kernels of the performance database of ai-dynamo/aiconfigurator (Apache-2.0) into data/.
 *
 *   git clone https://github.com/ai-dynamo/aiconfigurator
 *   npx tsx scripts/sample-kernels.ts aiconfigurator
 *
 * The rows of a file are taken in the order of a hash of their texts, so the same rows come every time.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "csv-stringify/sync";
import { parquetReadObjects } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { hash64 } from "../src/core/random.ts";
import { median } from "../src/core/stats.ts";
import { kernelFolders, systemNames } from "./kernels/folders.ts";
import type { KernelFolder } from "./kernels/folders.ts";
import { kernelTables } from "./kernels/tables.ts";
import type { KernelTable, TableRow, Texts } from "./kernels/tables.ts";

/** Commit of the database that the rows come from. */
const commit = "095f58a";
const tables = "aic-core/src/aiconfigurator_core/systems/data";

/** A row of a sample. */
interface SampledRow {
  readonly texts: NonNullable<Texts>;
  readonly key: string;
  readonly latency: number;
}

/** Rows of a table of the database. @param path below the folder of all systems */
async function readTable(database: string, path: string): Promise<readonly TableRow[]> {
  const blob = `${commit}:${tables}/${path}_perf.parquet`;
  const bytes = execFileSync("git", ["-C", database, "show", blob], { maxBuffer: 2 ** 30 });
  return parquetReadObjects({ file: new Uint8Array(bytes).buffer, compressors });
}

/** The version of the longest start of the file's name. */
const versionOf = (file: string, { versions }: KernelFolder): string | null =>
  Object.entries(versions)
    .filter(([start]) => file.startsWith(start))
    .reduce((best, next) => (next[0].length >= best[0].length ? next : best))[1];

/** Rows of a table, one for each set of texts, in the order of the sample. */
function distinctRows(rows: readonly TableRow[], { texts, fastest }: KernelTable): SampledRow[] {
  const groups = new Map<string, { texts: NonNullable<Texts>; latencies: number[] }>();
  for (const row of rows) {
    const found = texts(row);
    if (found === undefined) continue;
    const key = JSON.stringify(found);
    const group = groups.get(key);
    if (group) group.latencies.push(Number(row["latency"]));
    else groups.set(key, { texts: found, latencies: [Number(row["latency"])] });
  }
  return [...groups]
    .map(([key, { texts, latencies }]) => ({
      key,
      texts,
      latency: fastest ? Math.min(...latencies) : median(latencies),
    }))
    .sort((a, b) => hash64(a.key)[0] - hash64(b.key)[0]);
}

/** The first rows of all, and an eighth as many of those that the table wants more of. */
function sampleOf(rows: readonly SampledRow[], { more }: KernelTable, count: number): SampledRow[] {
  if (more === undefined) return rows.slice(0, count);
  const long = rows.filter(({ texts }) => more(texts)).slice(0, Math.round(count / 8));
  return [...long, ...rows.filter((row) => !long.includes(row)).slice(0, count - long.length)];
}

async function writeFolder(database: string, folder: KernelFolder): Promise<void> {
  const into = join("data", folder.folder);
  mkdirSync(into, { recursive: true });
  for (const table of kernelTables) {
    const version = versionOf(table.file, folder);
    if (version === null) continue;
    const rows: object[] = [];
    for (const system of folder.systems) {
      const [group, name] = table.table;
      const all = distinctRows(await readTable(database, `${system}/${group}/${version}/${name}`), table);
      const sampled = sampleOf(all, table, folder.rows).sort((a, b) => (a.key < b.key ? -1 : 1));
      for (const { texts, latency } of sampled)
        rows.push({ system: systemNames[system], ...texts, latency_ms: Number(latency.toFixed(6)) });
    }
    writeFileSync(join(into, `${table.file}.csv`), stringify(rows, { header: true }));
    console.log(`${into}/${table.file}.csv: ${rows.length} rows of ${version}`);
  }
}

const [database] = process.argv.slice(2);
if (database === undefined) throw new Error("give the folder of a clone of ai-dynamo/aiconfigurator");
for (const folder of kernelFolders) await writeFolder(database, folder);
