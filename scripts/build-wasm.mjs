// Compiles the SIMD kernels to dist/kernels.wasm, and the worker that runs them to JavaScript: Node 20 starts no worker
// from TypeScript, so that programs that run from the sources start this one.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";
import ts from "typescript";

const root = new URL("../", import.meta.url);
await mkdir(new URL("dist/src/engines/wasm/", root), { recursive: true });

const compilerOptions = {
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.ESNext,
  rewriteRelativeImportExtensions: true,
};
for (const name of ["abi", "worker", "protocol"]) {
  const source = await readFile(new URL(`src/engines/wasm/${name}.ts`, root), "utf8");
  const { outputText } = ts.transpileModule(source, { compilerOptions, fileName: `${name}.ts` });
  await writeFile(new URL(`dist/src/engines/wasm/${name}.js`, root), outputText);
}

const { initialPages, maximumPages } = await import(new URL("dist/src/engines/wasm/abi.js", root));
const options = [
  ["--baseDir", fileURLToPath(root)],
  ["--outFile", "dist/kernels.wasm"],
  ["-O3", "--noAssert"],
  ["--runtime", "stub"],
  ["--use", "abort="],
  ["--enable", "simd,threads"],
  ["--importMemory", "--sharedMemory"],
  ["--initialMemory", `${initialPages}`],
  ["--maximumMemory", `${maximumPages}`],
];
const { error, stderr } = await asc.main(["src/engines/wasm/assembly/index.ts", ...options.flat()]);
if (error) {
  console.error(stderr.toString());
  throw error;
}
