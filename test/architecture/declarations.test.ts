import { spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { builtinModules } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { filesOf } from "../../scripts/documents/commands.ts";
import { readDocuments } from "../../scripts/documents/documents.ts";

const root = join(import.meta.dirname, "../..");

/** Time for the compiler, which takes tens of seconds on a loaded machine. */
const patience = 600_000;

/** Errors of the compiler in a folder; empty for none. */
function errorsOf(cwd: string, ...words: string[]): string {
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  return spawnSync(process.execPath, [tsc, ...words], { cwd, encoding: "utf8" }).stdout;
}

/** Modules that declarations name, other than their own files. */
const modulesOf = (folder: string): string[] => [
  ...new Set(
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".d.ts"))
      .flatMap((file) => [
        ...readFileSync(join(folder, file), "utf8").matchAll(/(?:from|import\() ?"([^".][^"]*)"/g),
      ])
      .map(([, module]) => module!),
  ),
];

/** TypeScript files that documents give: what users of the package write. */
const examples: Readonly<Record<string, string>> = Object.fromEntries(
  Object.values(readDocuments())
    .flatMap((document) => Object.entries(filesOf(document)))
    .filter(([name]) => /^[\w-]+\.ts$/.test(name)),
);

describe("the declarations", () => {
  const folder = mkdtempSync(join(tmpdir(), "attnsim-consumer-"));
  const installed = join(folder, "node_modules/attnsim");
  const emitted = join(installed, "dist");

  beforeAll(() => {
    mkdirSync(installed, { recursive: true });
    cpSync(join(root, "package.json"), join(installed, "package.json"));
    for (const name of readdirSync(join(root, "node_modules")))
      if (name !== "attnsim" && !name.startsWith("."))
        symlinkSync(join(root, "node_modules", name), join(folder, "node_modules", name));
    const build = ["-p", join(root, "tsconfig.build.json"), "--emitDeclarationOnly", "--outDir", emitted];
    expect(errorsOf(root, ...build)).toBe("");
    for (const [name, content] of Object.entries(examples)) writeFileSync(join(folder, name), content);
    const compilerOptions = {
      target: "ES2023",
      lib: ["ES2023"],
      module: "NodeNext",
      moduleResolution: "NodeNext",
      types: ["node"],
      strict: true,
      skipLibCheck: false,
      noEmit: true,
    };
    const project = (name: string, files: readonly string[]): void =>
      writeFileSync(join(folder, name), JSON.stringify({ compilerOptions, files }));
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    writeFileSync(
      join(folder, "wrong.ts"),
      'import { experiment } from "attnsim/experiments";\nvoid experiment({ name: 1 });\n',
    );
    project("tsconfig.json", Object.keys(examples));
    project("wrong.json", ["wrong.ts"]);
  }, patience);
  afterAll(() => rmSync(folder, { recursive: true }));

  it("are those of the files that documents give", () => {
    expect(Object.keys(examples)).toEqual(expect.arrayContaining(["my-question.ts", "phone-book.ts"]));
  });

  it("compile in a user's project that checks libraries too", { timeout: patience }, () => {
    expect(errorsOf(folder, "-p", "tsconfig.json")).toBe("");
  });

  it("hold types, and not any", { timeout: patience }, () => {
    expect(errorsOf(folder, "-p", "wrong.json")).toContain(
      "Type 'number' is not assignable to type 'string'",
    );
  });

  it("name no module that an installation lacks", () => {
    const { dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      readonly dependencies: Readonly<Record<string, string>>;
    };
    const foreign = modulesOf(emitted).filter(
      (module) => !module.startsWith("node:") && !builtinModules.includes(module),
    );
    expect(foreign).toContain("ndarray");
    const typed = (module: string): boolean =>
      `@types/${module}` in dependencies || !readdirSync(join(root, "node_modules/@types")).includes(module);
    expect(foreign.filter((module) => !(module in dependencies) || !typed(module))).toEqual([]);
  });
});
