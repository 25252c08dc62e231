import { createHash } from "node:crypto";
import { basename, resolve } from "node:path";
import { catalog } from "../catalog.ts";
import { UsageError } from "../core/errors.ts";
import { readText } from "../files/files.ts";
import { importFile } from "../files/load.ts";
import { addMachine, isDataFile } from "../files/machines.ts";
import { addPlugin, isLoaded } from "../trial/plugins.ts";

/**
 * Adds the entries of a user's file to the catalog. A TypeScript or JavaScript file exports entries: variants, tasks,
 * systems, models, logit shapings, placements. In it `attnsim` is this program, wherever the file lies. A YAML or JSON
 * file holds one system or model. A file that is loaded already is not loaded again.
 *
 * @throws UsageError for a file that cannot be read or run, that exports no entry, or one whose name is taken
 */
export async function loadPlugin(file: string): Promise<void> {
  const path = resolve(file);
  if (isLoaded(path)) return;
  const content = readText(path);
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 16);
  const plugin = { path, version: `${basename(path)}@${hash}` };
  if (isDataFile(path)) {
    addMachine(path);
    addPlugin(plugin);
    return;
  }
  let exported: Readonly<Record<string, unknown>>;
  try {
    exported = await importFile(path);
  } catch (error) {
    const [reason] = (error instanceof Error ? error.message : String(error)).trim().split("\n");
    throw new UsageError(`plugin ${file} cannot be run: ${reason ?? ""}`);
  }
  const entries = Object.values(exported).flatMap((value) => {
    const registry = Object.values(catalog).find((candidate) => candidate.accepts(value));
    return registry ? [() => registry.add(value as never)] : [];
  });
  if (entries.length === 0)
    throw new UsageError(
      `plugin ${file} exports no entry; allowed: what defineVariant, defineTask and the like give, or a system or model`,
    );
  for (const add of entries) add();
  addPlugin(plugin);
}
