import { createHash } from "node:crypto";
import { createRequire, register } from "node:module";
import { basename, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { catalog } from "../catalog.ts";
import { UsageError } from "../core/errors.ts";
import { readText } from "./files.ts";

/** A file of entries of the user's own. */
export interface Plugin {
  /** absolute */
  readonly path: string;
  /** name of the file and a hash of its content: what a trial depends on */
  readonly version: string;
}

const require = createRequire(import.meta.url);
const loaded = new Map<string, Plugin>();

/** Plugins loaded so far, in order. */
export const plugins = (): readonly Plugin[] => [...loaded.values()];

/**
 * Makes the entries that a file exports known by their names: variants, tasks, systems, models, logit shapings,
 * placements. The file may be TypeScript or JavaScript; in it `attnsim` is this program, wherever the file lies.
 *
 * @throws UsageError for a file that cannot be read or run, that exports no entry, or one whose name is taken
 */
export async function loadPlugin(file: string): Promise<void> {
  const path = resolve(file);
  if (loaded.has(path)) return;
  const content = readText(path);
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 16);
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
  loaded.set(path, { path, version: `${basename(path)}@${hash}` });
}

let hooked = false;

async function importFile(path: string): Promise<Readonly<Record<string, unknown>>> {
  if (!hooked) {
    hooked = true;
    register(hooks());
  }
  return (await import(pathToFileURL(path).href)) as Readonly<Record<string, unknown>>;
}

/**
 * Module hooks, as a module of their own: in a plugin "attnsim" is this very program, and TypeScript is ES modules,
 * whatever package.json says. Files of packages are left to Node.
 */
function hooks(): string {
  const index = new URL(`../index${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url).href;
  const esbuild = pathToFileURL(require.resolve("esbuild")).href;
  const source = `
    import { readFileSync } from "node:fs";
    import esbuild from ${JSON.stringify(esbuild)};
    export const resolve = (specifier, context, next) =>
      next(specifier === "attnsim" ? ${JSON.stringify(index)} : specifier, context);
    export function load(url, context, next) {
      const { protocol, pathname } = new URL(url);
      const source = pathname.endsWith(".ts") && !pathname.includes("/node_modules/");
      if (protocol !== "file:" || !source) return next(url, context);
      const { code } = esbuild.transformSync(readFileSync(new URL(url), "utf8"), {
        loader: "ts",
        sourcefile: pathname,
        sourcemap: "inline",
      });
      return { format: "module", source: code, shortCircuit: true };
    }`;
  return `data:text/javascript,${encodeURIComponent(source)}`;
}
