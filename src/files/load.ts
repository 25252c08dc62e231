import { createRequire, register } from "node:module";
import { pathToFileURL } from "node:url";

const require = createRequire(import.meta.url);

const isSource = import.meta.url.endsWith(".ts");

/** The folder that this program's checkout, or its package, lies in. */
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

/**
 * Module hooks, as a module of their own: "attnsim", and in the checkout's own experiments src/index.ts, is this very
 * program, and TypeScript is ES modules, whatever package.json says. Files of packages are left to Node.
 */
function hooks(): string {
  const index = new URL(`../index${isSource ? ".ts" : ".js"}`, import.meta.url).href;
  const inCheckout = new URL("src/index.ts", checkout).href;
  const esbuild = pathToFileURL(require.resolve("esbuild")).href;
  const source = `
    import { readFileSync } from "node:fs";
    import esbuild from ${JSON.stringify(esbuild)};
    const isOwn = (specifier, parent) =>
      specifier === "attnsim" ||
      (specifier.startsWith(".") && URL.canParse(specifier, parent) && new URL(specifier, parent).href === ${JSON.stringify(inCheckout)});
    export const resolve = (specifier, context, next) =>
      next(isOwn(specifier, context.parentURL) ? ${JSON.stringify(index)} : specifier, context);
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
