// Builds the page of `attnsim explore` into dist/web: index.html, page.css, and a classic script for each part. A page
// that is opened from a file may load no modules and start no worker from a file, so that every part is one script, and
// a worker's script hands its program over to the page. Needs the compiled library in dist/.
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { countTokens } from "../dist/src/tasks/parts/tokenizer.js";
import { nodeId } from "../dist/src/tasks/graphwalks/graph.js";
import { build } from "vite";
import { articlePart } from "./article-part.mjs";

const root = new URL("../", import.meta.url);
const path = (file) => fileURLToPath(new URL(file, root));
const out = path("dist/web");

/** Source of a module by the id that imports resolve to. @param matches tells whether an import means it */
const moduleOf = (name, matches, source) => ({
  name,
  enforce: "pre",
  resolveId: (id) => (matches(id) ? `\0${name}` : undefined),
  load: (id) => (id === `\0${name}` ? source() : undefined),
});

/** Ids of nodes whose lines the mean field of graph walks counts. */
const countedIds = 1024;

/**
 * A tokenizer that knows the texts that the mean field counts, in place of two megabytes of merges: the part with full
 * numerics has the whole one.
 */
const countedTexts = moduleOf(
  "counted-texts",
  (id) => /\/parts\/tokenizer\.ts$|^\.\/tokenizer\.ts$/.test(id),
  () => {
    const ids = Array.from({ length: countedIds }, (_, i) => nodeId(i));
    const texts = ids.flatMap((id) => [`${id} ->`, ` ${id}\n`]);
    const counts = Object.fromEntries(texts.map((text) => [text, countTokens(text)]));
    return `const counts = ${JSON.stringify(counts)};
      export function countTokens(text) {
        const count = counts[text];
        if (count === undefined) throw new Error("this part of the page has no tokenizer");
        return count;
      }`;
  },
);

/** The rest of the tokenizer, which the mean field has no use for. */
const noTokenizer = moduleOf(
  "no-tokenizer",
  (id) => id.startsWith("gpt-tokenizer/"),
  () => `const refuse = () => { throw new Error("this part of the page has no tokenizer"); };
    export const GptEncoding = { getEncodingApi: refuse };
    export default [];`,
);

/** The compiled kernels as a data URL, which a script can hold. */
const kernels = moduleOf(
  "kernels",
  (id) => id.endsWith("/kernels.wasm?inline"),
  async () => {
    const bytes = await readFile(path("dist/kernels.wasm"));
    return `export default "data:application/wasm;base64,${bytes.toString("base64")}";`;
  },
);

/** Engines of Node, which the registry of engines imports when one is asked for: the page makes its own engine. */
const nodeEngines = moduleOf(
  "node-engines",
  (id) => /^\.\/((wasm|tfjs|ort)\/(load|engine)|auto\/saved-times|machine)\.ts$/.test(id),
  () => `throw new Error("this engine needs Node");`,
);

/** Refuses what a browser has not. */
const noNode = {
  name: "no-node",
  enforce: "pre",
  resolveId(id, importer, { isEntry }) {
    if (!isEntry && id.startsWith("node:")) throw new Error(`${importer} needs ${id}, which no browser has`);
  },
};

/** Wraps the program of a worker, so that the page can take it as text. */
const handedOver = (name) => ({
  name: "handed-over",
  renderChunk: (code) => ({ code: `attnsimPart(${JSON.stringify(name)},function(){${code}\n});`, map: null }),
});

const settings = (name, entry, plugins) => ({
  configFile: false,
  root: path("src/web"),
  logLevel: "warn",
  resolve: {
    alias: [
      { find: "csv-parse/sync", replacement: "csv-parse/browser/esm/sync" },
      { find: "csv-stringify/sync", replacement: "csv-stringify/browser/esm/sync" },
    ],
  },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  define: { "process.env.NODE_ENV": '"production"' },
  plugins,
  build: {
    outDir: out,
    emptyOutDir: false,
    target: "es2023",
    minify: true,
    reportCompressedSize: false,
    lib: {
      entry: path(entry),
      name: `attnsim_${name}`,
      formats: ["iife"],
      fileName: () => `${name}.js`,
    },
  },
});

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
await copyFile(path("src/web/index.html"), `${out}/index.html`);
await copyFile(path("src/web/page/style.css"), `${out}/page.css`);
await Promise.all(
  [
    settings("page", "src/web/page/main.tsx", [noNode]),
    settings("library", "src/web/library/worker.ts", [
      noNode,
      nodeEngines,
      countedTexts,
      noTokenizer,
      handedOver("library"),
    ]),
    settings("numerics", "src/web/numerics/worker.ts", [
      noNode,
      nodeEngines,
      kernels,
      handedOver("numerics"),
    ]),
  ].map((each) => build(each)),
);
// chapters that were changed after their trials were run must not keep the program from being built
const article = await articlePart().catch((error) => {
  console.warn(`the page has no report of the article: ${error.message}`);
  return { error: error.message };
});
await writeFile(`${out}/article.js`, `attnsimPart("article",${JSON.stringify(article)});\n`);
