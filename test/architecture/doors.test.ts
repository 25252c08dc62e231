import { join } from "node:path";
import { cruise } from "dependency-cruiser";
import type { IDependency } from "dependency-cruiser";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { options } from "./rooms.ts";

const root = join(import.meta.dirname, "../..");

/** Packages that browsers can load too. */
const browserPackages = /^(ndarray|gpt-tokenizer)(\/|$)/;

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
      entryPoints: [join(root, "src/index.ts")],
      bundle: true,
      splitting: true,
      format: "esm",
      platform: "browser",
      // engines that need Node import them when they are asked for
      external: ["node:*", "onnxruntime-node", "@tensorflow/*"],
      outdir: join(root, "dist/browser"),
      write: false,
      metafile: true,
      logLevel: "silent",
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
});
