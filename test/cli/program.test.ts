import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { commands } from "../../src/cli/commands/all.ts";
import { version } from "../../src/version.ts";
import { attnsim } from "./attnsim.ts";

describe("the program", () => {
  it("prints its version and its help, with every command, and ends with 0", async () => {
    expect(await attnsim("--version")).toEqual({ code: 0, out: `${version}\n`, err: "" });
    const { code, out, err } = await attnsim("--help");
    expect([code, err]).toEqual([0, ""]);
    for (const { name, summary, hidden } of commands)
      expect(out.includes(`\n  ${name} `) && out.includes(summary.slice(0, 20))).toBe(hidden !== true);
  });

  it("lists every command file", () => {
    const folder = join(import.meta.dirname, "../../src/cli/commands");
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts") && file !== "all.ts")
      .map((file) => file.replaceAll("\\", "/"));
    const listed = commands.flatMap((command) =>
      "commands" in command
        ? command.commands.map(({ name }) => `${command.name}/${name}.ts`)
        : [`${command.name}.ts`],
    );
    expect(files.sort()).toEqual(listed.sort());
  });

  it.each([
    [["--nonsense"], 2, /^error: unknown option '--nonsense'\n$/],
    [["lisst"], 2, /^error: unknown command 'lisst'\n\(Did you mean list\?\)\n$/],
    [
      ["list", "vegetables"],
      2,
      /^error: command-argument value 'vegetables' is invalid for argument 'kind'. Allowed choices are variants, shapings, placements, geometries, tasks, systems, models, engines, constants.\n$/,
    ],
    [
      ["attend"],
      2,
      /^error: attend needs --variant, --q, --k and --v, or --capture; missing: --variant, --q, --k, --v\n$/,
    ],
    [["describe", "dsaa"], 2, /^error: unknown entry "dsaa"; known: .*dense, /],
    [["describe", "dsa(k=0)"], 2, /^error: dsa: k must be an integer >= 1; got "0"\n$/],
    [
      ["describe", "dsa(k=8"],
      2,
      /^error: malformed spec "dsa\(k=8": "\)" is missing at character 8; allowed: name/,
    ],
    [
      ["describe", "dense", "--tokens", "much"],
      2,
      /^error: tokens must be an integer >= 1, .* got "much"\n$/,
    ],
    [
      ["describe", "dense", "--kv-heads", "0"],
      2,
      /'--kv-heads <n>' argument '0' is invalid. allowed: an integer >= 1\n$/,
    ],
  ])("%j exits with %i in one clean line", async (words, code, err) => {
    expect(await attnsim(...words)).toEqual({ code, out: "", err: expect.stringMatching(err) as string });
  });

  it("shows a stack where one asks for it", async () => {
    process.env["ATTNSIM_DEBUG"] = "1";
    try {
      expect((await attnsim("describe", "dsaa")).err).toMatch(/UsageError: unknown entry[\s\S]*at .*\.ts/);
    } finally {
      delete process.env["ATTNSIM_DEBUG"];
    }
  });

  it("says nothing when the reader of its output leaves", async () => {
    const script = 'node --import tsx src/cli/main.ts list --json | head -c 1; echo " ${PIPESTATUS[0]}"';
    const { stdout, stderr } = await promisify(execFile)("bash", ["-c", script], {
      cwd: join(import.meta.dirname, "../.."),
    });
    expect(stdout).toBe("{ 0\n");
    expect(stderr.replaceAll(/^npm warn.*\n/gm, "")).toBe("");
  });
});

describe("completion", () => {
  const answers = async (...words: string[]): Promise<string[]> => {
    const { code, out } = await attnsim("complete", "--", ...words);
    expect(code).toBe(0);
    return out
      .trimEnd()
      .split("\n")
      .map((line) => line.split("\t")[0]!);
  };

  it.each([
    ["commands", ["de"], ["describe", ":4"]],
    ["inner commands", ["hardware", "de"], ["decode", ":4"]],
    ["options", ["describe", "--kv-"], ["--kv-heads", "--kv-dtype", ":4"]],
    ["choices", ["describe", "--kv-dtype", "b"], ["bf16", ":4"]],
    ["entries", ["describe", "gb2"], ["gb200-nvl72", ":4"]],
    ["variants, in a list", ["run", "--variant", "dense,que"], ["dense,quest", ":4"]],
    ["tasks", ["run", "--task", "mr"], ["mrcr", ":4"]],
    ["engines", ["attend", "--engine", "w"], ["wasm", ":4"]],
    ["files, left to the shell", ["attend", "--q", "q."], [":0"]],
    ["a file argument", ["plot", ""], [":0"]],
  ])("%s", async (_, words, expected) => {
    expect(await answers(...words)).toEqual(expected);
  });

  it.each(["bash", "zsh", "fish", "powershell"])("has a script for %s", async (shell) => {
    const { code, out } = await attnsim("completion", shell);
    expect(code).toBe(0);
    expect(out).toMatch(/attnsim["']? complete/);
  });

  it("works in bash", async () => {
    const script = `
      _get_comp_words_by_ref() { words=(attnsim describe gb2); cur=gb2; prev=describe; cword=2; }
      attnsim() { node --import tsx src/cli/main.ts "$@"; }
      compopt() { :; }
      source <(attnsim completion bash)
      COMP_WORDS=(attnsim describe gb2); COMP_CWORD=2; __attnsim_complete
      echo "\${COMPREPLY[@]}"`;
    const { stdout } = await promisify(execFile)("bash", ["-c", script], {
      cwd: join(import.meta.dirname, "../.."),
    });
    expect(stdout.trim()).toMatch(/^gb200-nvl72/);
  });
});
