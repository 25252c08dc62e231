import { join } from "node:path";
import { createContext, runInContext } from "node:vm";
import { cruise } from "dependency-cruiser";
import type { IDependency } from "dependency-cruiser";
import { build } from "esbuild";
import type { BuildOptions } from "esbuild";
import { describe, expect, it } from "vitest";
import { runTrial } from "../../src/index.ts";
import { options } from "./rooms.ts";

const root = join(import.meta.dirname, "../..");

/** Packages that browsers can load too. */
const browserPackages = /^(ndarray|gpt-tokenizer)(\/|$)/;

/** Settings of esbuild that bundle the library for a browser. */
const forBrowser = {
  entryPoints: [join(root, "src/index.ts")],
  bundle: true,
  platform: "browser",
  // engines that need Node import them when they are asked for
  external: ["node:*", "onnxruntime-node", "@tensorflow/*"],
  outdir: join(root, "dist/browser"),
  write: false,
  logLevel: "silent",
} as const satisfies BuildOptions;

/** The file that loads Vega. */
const drawing = "src/figures/svg.ts";

/** Files that a file loads before it runs, and what of them only Node has: `file -> module`. */
async function loadedBy(entry: string): Promise<{ files: string[]; ofNode: string[] }> {
  const { output } = await cruise([entry], { ...options, baseDir: root, tsPreCompilationDeps: false });
  if (typeof output === "string") throw new Error(output);
  const dependencies = new Map(output.modules.map(({ source, dependencies: own }) => [source, own]));
  const files = [entry];
  const ofNode: string[] = [];
  for (const file of files)
    for (const dependency of (dependencies.get(file) ?? []).filter(({ dynamic }) => !dynamic))
      if (isOfNode(dependency)) ofNode.push(`${file} -> ${dependency.module}`);
      else if (dependency.resolved.startsWith("src/") && !files.includes(dependency.resolved))
        files.push(dependency.resolved);
  return { files, ofNode };
}

const isOfNode = ({ module, resolved, dependencyTypes }: IDependency): boolean =>
  dependencyTypes.includes("core") || (!resolved.startsWith("src/") && !browserPackages.test(module));

it.each(["main", "commands/run"])(
  "%s of the program loads no Vega before a figure is drawn",
  async (name) => {
    expect((await loadedBy(`src/cli/${name}.ts`)).files).not.toContain(drawing);
  },
);

it("would see Vega", async () => {
  expect((await loadedBy("src/studies/article/run.ts")).files).toContain(drawing);
});

describe("the library", () => {
  it("loads nothing of Node", async () => {
    const { files, ofNode } = await loadedBy("src/index.ts");
    console.log(`src/index.ts loads ${files.length} files`);
    expect(ofNode).toEqual([]);
    expect(files).toContain("src/reader/params.ts");
  });

  it("would see what Node has", async () => {
    expect((await loadedBy("src/runs/journal.ts")).ofNode).toContain("src/runs/journal.ts -> fs");
  });

  it("can be bundled for a browser", async () => {
    const { metafile } = await build({
      ...forBrowser,
      splitting: true,
      format: "esm",
      metafile: true,
    });
    const first = Object.entries(metafile.outputs).find(
      ([, { entryPoint }]) => entryPoint === "src/index.ts",
    )!;
    const chunks = [first[0]];
    for (const chunk of chunks)
      for (const { path, kind, external } of metafile.outputs[chunk]!.imports) {
        if (kind === "dynamic-import") continue;
        expect([chunk, path, external ?? false]).toEqual([chunk, path, false]);
        if (!chunks.includes(path)) chunks.push(path);
      }
  });

  it("runs a trial where nothing of Node is", async () => {
    const { outputFiles } = await build({
      ...forBrowser,
      format: "iife",
      globalName: "attnsim",
    });
    const context = createContext({ TextEncoder, TextDecoder, navigator: { hardwareConcurrency: 1 } });
    runInContext(outputFiles[0]!.text, context);
    const options = { task: "graphwalks", variant: "quest", tokens: 2000, engine: "reference" };
    const row: unknown = await runInContext(`attnsim.runTrial(${JSON.stringify(options)})`, context);
    expect(JSON.parse(JSON.stringify(row))).toEqual(await runTrial(options));
    expect(runInContext("typeof process", context)).toBe("undefined");
  });
});
