import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { commandsOf, wordsOf } from "../../scripts/documents/commands.ts";
import { readDocuments, refreshed, runDocuments } from "../../scripts/documents/documents.ts";
import { askedOf, isHeavy } from "../../scripts/documents/outputs.ts";
import { brokenFindings } from "../../scripts/documents/results/page.ts";
import type { RanCommand } from "../../scripts/documents/outputs.ts";
import { commands } from "../../src/cli/commands/all.ts";

const root = join(import.meta.dirname, "../..");
const documents = readDocuments();
const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  readonly scripts: Readonly<Record<string, string>>;
};

let ran: readonly RanCommand[] = [];
beforeAll(async () => {
  ran = await runDocuments(documents);
}, 300_000);

it("README.md starts with the two commands that matter", () => {
  const own = commandsOf(documents["README.md"]!).map(({ command }) => command);
  expect(own[0]).toBe("npm ci && npm start");
  expect(own).toContain("npm test");
});

describe.each(Object.keys(documents))("%s", (name) => {
  const document = documents[name]!;
  const own = commandsOf(document).flatMap(({ command }) => command.split("&&").map((part) => part.trim()));

  it.each(own.filter((command) => askedOf(command) !== undefined))("%s", (command) => {
    const { code, out, err, help, words } = ran.find(
      (one) => one.document === name && one.command === command,
    )!;
    expect(`${code} ${code === 0 ? "" : err}`).toBe("0 ");
    expect(out).not.toBe("");
    if (!help) return;
    const options = words.filter((word) => word.startsWith("--"));
    expect(options.filter((option) => !out.includes(`${option} `) && !out.includes(`${option},`))).toEqual(
      [],
    );
  });

  const others = own.filter((command) => askedOf(command) === undefined);
  it.runIf(others.length > 0)("names scripts, files and programs that exist", () => {
    for (const command of others) {
      const [program, ...words] = wordsOf(command).filter((word) => !/^\w+=/.test(word));
      if (program === "npm") {
        const script = words[0] === "run" ? words[1]! : words[0]!;
        expect([...Object.keys(scripts), "ci", "rebuild"]).toContain(script);
      } else if (program === "npx") {
        expect(["vitest", "tsx"]).toContain(words[0]);
        expect(words.filter((word) => word.includes("/") && !existsSync(join(root, word)))).toEqual([]);
      } else if (program === "node") expect(existsSync(join(root, words[0]!))).toBe(true);
      else expect(["pip", "export"]).toContain(program);
    }
  });

  it("says what `npm run docs` makes of it", async () => {
    expect(document).toBe(await refreshed(name, document, ran));
  });

  it("links to files that exist", () => {
    const links = [...document.matchAll(/\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)/g)].map(([, link]) => link!);
    expect(links.filter((link) => !existsSync(join(root, dirname(name), link)))).toEqual([]);
  });

  it("names commands that exist", () => {
    const named = [...document.matchAll(/`(?:npx )?attnsim (\w+)[^`]*`/g)].map(([, command]) => command!);
    const known = commands.map((command) => command.name);
    expect(named.filter((command) => command !== "COMMAND" && !known.includes(command))).toEqual([]);
  });
});

it("heavy commands are those that take minutes", () => {
  expect(["npm test", "npx attnsim article --full"].filter((command) => !isHeavy(command))).toEqual([]);
  expect(isHeavy("npx attnsim list")).toBe(false);
});

it("findings are what the results say", () => {
  expect(brokenFindings()).toEqual([]);
});
