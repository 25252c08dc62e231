import { createRequire, register } from "node:module";
import { pathToFileURL } from "node:url";

const require = createRequire(import.meta.url);

const isSource = import.meta.url.endsWith(".ts");

/** The folder of this program: its checkout, or its package. */
export const checkout = new URL(isSource ? "../../" : "../../../", import.meta.url);

let hooked = false;

/** The exports of a TypeScript or JavaScript file, in which `attnsim` is this program. @param path absolute */
export async function importFile(path: string): Promise<Readonly<Record<string, unknown>>> {
  if (!hooked) {
    hooked = true;
    register(hooks());
  }
  return (await import(pathToFileURL(path).href)) as Readonly<Record<string, unknown>>;
}

/** The package's doors, and the source file of each under src/. */
const doors: Readonly<Record<string, string>> = {
  attnsim: "index",
  "attnsim/experiments": "experiments",
  "attnsim/cli": "cli/program",
};

/** Modules of this program by the addresses that stand for them: the doors, and their source files in the checkout. */
function ownModules(): Readonly<Record<string, string>> {
  const ending = isSource ? ".ts" : ".js";
  const modules = Object.entries(doors).flatMap(([door, file]) => {
    const own = new URL(`../${file}${ending}`, import.meta.url).href;
    return [
      [door, own],
      [new URL(`src/${file}.ts`, checkout).href, own],
    ];
  });
  return Object.fromEntries(modules) as Readonly<Record<string, string>>;
}

/**
 * Source of a module of Node's module hooks. They resolve the doors to this running program, and compile TypeScript as
 * ES modules even if package.json says otherwise. Files in node_modules are left to Node.
 */
function hooks(): string {
  const esbuild = pathToFileURL(require.resolve("esbuild")).href;
  const source = `
    import { readFileSync } from "node:fs";
    import esbuild from ${JSON.stringify(esbuild)};
    const own = ${JSON.stringify(ownModules())};
    const addressOf = (specifier, parent) =>
      specifier.startsWith(".") && URL.canParse(specifier, parent) ? new URL(specifier, parent).href : specifier;
    export const resolve = (specifier, context, next) =>
      next(own[addressOf(specifier, context.parentURL)] ?? specifier, context);
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

/** Address of a module that lets a worker import TypeScript, whatever folder the program was started in. */
function sourceLoader(): string {
  const api = import.meta.resolve("tsx/esm/api");
  return `data:text/javascript,import { register } from ${JSON.stringify(api)}; register();`;
}

/** Options of Node for a worker that this module is: TypeScript needs a loader. */
export const workerArguments = (worker: URL): string[] =>
  worker.pathname.endsWith(".ts") ? ["--import", sourceLoader()] : [];
