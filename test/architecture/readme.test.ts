import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");
const read = (file: string): string => readFileSync(join(root, file), "utf8");
const readme = read("README.md");

/** The commands of a document's sh blocks, one a line, without comments. */
const commandsOf = (document: string): string[] =>
  [...document.matchAll(/^```sh\n(.*?)^```/gms)]
    .flatMap(([, block]) => block!.split("\n"))
    .map((line) => line.replace(/\s+#.*$/, "").trim())
    .filter((line) => line !== "");

/** What a test cannot run for its length: whole runs, and the test run itself. */
const isHeavy = (command: string): boolean => /\bnpm\b|--full/.test(command);

const { scripts } = JSON.parse(read("package.json")) as {
  readonly scripts: Readonly<Record<string, string>>;
};

/** Files and package scripts that a heavy command needs. */
function needs(command: string): { scripts: string[]; files: string[] } {
  const parts = command.split("&&").map((part) => part.trim());
  return {
    scripts: parts.flatMap(
      (part) => /^npm (?:run )?(start|test|lint|types|docs|build)\b/.exec(part)?.[1] ?? [],
    ),
    files: parts.flatMap((part) => /^npx tsx (\S+)/.exec(part)?.[1] ?? []),
  };
}

const folder = mkdtempSync(join(tmpdir(), "attnsim-"));
afterAll(() => rmSync(folder, { recursive: true }));
for (const name of ["q", "k", "v"])
  cpSync(join(root, `test/cli/data/${name}.npy`), join(folder, `${name}.npy`));

describe("README.md", () => {
  it("starts with the two commands that matter", () => {
    expect(commandsOf(readme)[0]).toBe("npm ci && npm start");
    expect(commandsOf(readme)).toContain("npm test");
  });

  it.each(commandsOf(readme).filter((command) => !isHeavy(command)))("%s", async (command) => {
    const tsx = `node --import ${join(root, "node_modules/tsx/dist/loader.mjs")}`;
    const line = command
      .replace(/^npx attnsim\b/, `${tsx} ${join(root, "src/cli/main.ts")}`)
      .replace(/^npx tsx (\S+)/, (_, file: string) => `${tsx} ${join(root, file)}`);
    const { stdout } = await promisify(execFile)("bash", ["-c", line], { cwd: folder });
    expect(stdout).not.toBe("");
  });

  it("wrote what its commands name", () => {
    const outputs = ["results/local/first/data.csv", "results/local/first/accuracy.svg", "out.npy"];
    expect(outputs.filter((file) => !existsSync(join(folder, file)))).toEqual([]);
  });
});

describe.each(["README.md", "CONTRIBUTING.md"])("%s", (file) => {
  const document = read(file);

  it("names scripts and files that exist", () => {
    const wanted = commandsOf(document).filter(isHeavy).map(needs);
    expect(wanted.flatMap((each) => each.scripts).filter((name) => !(name in scripts))).toEqual([]);
    expect(wanted.flatMap((each) => each.files).filter((name) => !existsSync(join(root, name)))).toEqual([]);
  });

  it("links to files that exist", () => {
    const links = [...document.matchAll(/\]\((?!https?:|#)([^)#]+)\)/g)].map(([, link]) => link!);
    expect(links.length).toBeGreaterThan(1);
    expect(links.filter((link) => !existsSync(join(root, link)))).toEqual([]);
  });
});

it("README.md asks every experiment's question", () => {
  const asked = [...readme.matchAll(/\]\(experiments\/([\w.-]+)\)/g)].map(([, file]) => file!);
  expect(asked.sort()).toEqual(readdirSync(join(root, "experiments")).sort());
});
