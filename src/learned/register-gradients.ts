import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { compileFunction } from "node:vm";
import type * as tfjs from "@tensorflow/tfjs-core";
import { buildSync } from "esbuild";

/**
 * Registers the gradients of all kernels. The build of tfjs-core for Node leaves them out, and the sources that have them
 * cannot be imported there, since their imports lack extensions. So they are bundled first; the registry is global, so
 * that all copies of the library find them.
 */
export function registerGradients({ getGradient }: typeof tfjs): void {
  if ((getGradient("Multiply") as unknown) !== undefined) return;
  const require = createRequire(import.meta.url);
  const source = join(dirname(require.resolve("@tensorflow/tfjs-core")), "register_all_gradients.js");
  const { outputFiles } = buildSync({
    entryPoints: [source],
    bundle: true,
    write: false,
    format: "iife",
    platform: "node",
    logLevel: "silent",
  });
  const register = compileFunction(outputFiles[0]!.text, ["require"]) as (load: NodeJS.Require) => void;
  register(require);
}
