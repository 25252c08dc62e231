import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

// Packs the package, installs it into empty folders with and without optional dependencies, and runs its program with
// every version of Node that it supports. It needs `npm run build` before, and the package registry.

const versions = process.argv.length > 2 ? process.argv.slice(2) : ["20", "22", "24"];
const root = fileURLToPath(new URL("../", import.meta.url));
const work = mkdtempSync(join(tmpdir(), "attnsim-package-"));

// packages download libraries of GPUs and of TensorFlow in install scripts: the program runs without them
const environment = {
  ...process.env,
  ONNXRUNTIME_NODE_INSTALL: "skip",
  npm_config_audit: "false",
  npm_config_fund: "false",
};

/** Runs a program. Returns what it printed. @throws Error with its messages if it fails */
function said(folder: string, program: string, ...words: string[]): string {
  return execFileSync(program, words, {
    cwd: folder,
    env: environment,
    encoding: "utf8",
    maxBuffer: 2 ** 26,
  });
}

/** Refuses what is not as it must be. @throws Error */
function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

/** Installs the tarball into an empty folder. Returns the folder. */
function installed(tarball: string, name: string, ...options: string[]): string {
  const folder = join(work, name);
  mkdirSync(folder);
  writeFileSync(join(folder, "package.json"), "{}\n");
  said(folder, "npm", "install", "--ignore-scripts", "--no-save", ...options, tarball);
  return folder;
}

/** Path of a version of Node. */
const nodeOf = (version: string): string =>
  said(work, "npx", "--yes", `node@${version}`, "-p", "process.execPath").trim();

/**
 * Uses the installed program as a newcomer does. Returns the rows of its run.
 *
 * @param whole whether optional packages are there: without them there is no PNG
 */
function used(folder: string, version: string, whole: boolean): string {
  const node = nodeOf(version);
  const attnsim = (...words: string[]): string =>
    said(folder, node, "node_modules/attnsim/dist/src/cli/main.js", ...words);
  must(attnsim("list", "variants").includes("dsa"), "list variants names no dsa");
  const out = `results-${version}`;
  const asked = ["--task", "graphwalks", "--variant", "dense,dsa", "--tokens", "4K,8K", "--trials", "1"];
  attnsim("run", ...asked, "--out", out, "--parquet");
  must(existsSync(join(folder, out, "data.parquet")), "run --parquet wrote no data.parquet");
  const figures = `figures-${version}`;
  attnsim("plot", join(out, "data.csv"), "--figure", "accuracy", "--out", figures);
  const drawn = readdirSync(join(folder, figures)).sort();
  must(
    drawn.join(" ") === (whole ? "accuracy.png accuracy.svg" : "accuracy.svg"),
    `plot drew ${drawn.join(" ")}`,
  );
  for (const file of drawn)
    must(statSync(join(folder, figures, file)).size > 1000, `plot drew an empty ${file}`);
  attnsim("explore", "--build", `page-${version}`);
  must(existsSync(join(folder, `page-${version}`, "index.html")), "explore --build wrote no index.html");
  const library = `import("attnsim").then(({ runTrial }) => console.log(typeof runTrial))`;
  must(said(folder, node, "-e", library).includes("function"), "the library lacks runTrial");
  return readFileSync(join(folder, out, "data.csv"), "utf8");
}

try {
  must(existsSync(join(root, "dist/src/cli/main.js")), "no program in dist/: run npm run build first");
  const [{ filename }] = JSON.parse(
    said(root, "npm", "pack", "--ignore-scripts", "--json", "--pack-destination", work),
  ) as [{ filename: string }];
  const tarball = join(work, filename);
  console.log(`${filename}: ${(statSync(tarball).size / 1e6).toFixed(1)} MB`);
  const rows = new Set<string>();
  for (const [name, ...options] of [["all"], ["required", "--omit=optional"]] as const) {
    const folder = installed(tarball, name, ...options);
    must(
      existsSync(join(folder, "node_modules/onnxruntime-node")) === (name === "all"),
      `the installation "${name}" has other optional dependencies than asked for`,
    );
    for (const version of versions) {
      const since = Date.now();
      rows.add(used(folder, version, name === "all"));
      console.log(
        `node ${version}, ${name} dependencies: fine, ${Math.round((Date.now() - since) / 1000)} s`,
      );
    }
  }
  must(rows.size === 1, "versions of Node, or optional dependencies, give other rows");
  console.log("the same rows everywhere");
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
} finally {
  rmSync(work, { recursive: true, force: true });
}
