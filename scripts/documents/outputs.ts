import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { json } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { commandsOf, filesOf, wordsOf } from "./commands.ts";
import type { Asked, Ran } from "./commands.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  readonly scripts: Readonly<Record<string, string>>;
};

/** Files that documents name as the reader's own. */
const fixtures = ["q.npy", "k.npy", "v.npy", "capture.safetensors"].map((file) =>
  join("test/cli/data", file),
);

/** A command of a document and what became of it. */
export interface RanCommand extends Ran {
  readonly document: string;
  readonly command: string;
  /** whether the help of the command was printed in place of the command's own output */
  readonly help: boolean;
  readonly words: readonly string[];
}

/** A command as `run-commands.ts` takes it; undefined for other programs, such as `npm run lint`. */
export function askedOf(command: string): Omit<Asked, "folder"> | undefined {
  const words = wordsOf(command);
  const [npm, script, ...rest] = words[1] === "run" ? [words[0], ...words.slice(2)] : words;
  if (npm === "npm") {
    const own = scripts[script ?? ""];
    return own?.startsWith("tsx ")
      ? askedOf(`npx ${own.split(" && ")[0]!} ${rest.filter((word) => word !== "--").join(" ")}`)
      : undefined;
  }
  if (words[0] !== "npx") return undefined;
  if (words[1] === "attnsim") return { words: words.slice(2) };
  const [, program, file = "", ...more] = words;
  if (program !== "tsx") return undefined;
  if (/^[\w-]+\.ts$/.test(file)) return { file, words: more };
  return /^(experiments|scripts\/documents)\//.test(file)
    ? { file: join(root, file), words: more }
    : undefined;
}

/** Commands that take minutes: a document's test asks for their help alone. */
export const isHeavy = (command: string): boolean => /^npm\b|--full\b|\battnsim learn\b/.test(command);

/**
 * Runs the commands of documents, each document's in a folder of its own, where the files that it gives lie. All run in
 * one process.
 */
export async function runCommands(documents: Readonly<Record<string, string>>): Promise<RanCommand[]> {
  const folder = mkdtempSync(join(tmpdir(), "attnsim-documents-"));
  try {
    const asked = Object.entries(documents).flatMap(([document, text], i) => {
      const own = join(folder, String(i));
      for (const fixture of fixtures) cpSync(join(root, fixture), join(own, fixture.split("/").at(-1)!));
      for (const [file, content] of Object.entries(filesOf(text))) {
        mkdirSync(dirname(join(own, file)), { recursive: true });
        writeFileSync(join(own, file), content);
      }
      return commandsOf(text)
        .flatMap(({ command }) => command.split("&&").map((part) => part.trim()))
        .flatMap((command) => {
          const found = askedOf(command);
          const help = isHeavy(command);
          const words = help ? helpWords(found?.words ?? []) : (found?.words ?? []);
          return found === undefined
            ? []
            : [{ document, command, help, asked: { ...found, words, folder: own } }];
        });
    });
    const ran = await runAll(asked.map((one) => one.asked));
    return asked.map(({ document, command, help }, i) => ({
      document,
      command,
      help,
      words: askedOf(command)!.words,
      ...ran[i]!,
    }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The names of a command before its first option, and `--help`. */
const helpWords = (words: readonly string[]): string[] => {
  const option = words.findIndex((word) => word.startsWith("-"));
  return [...(option < 0 ? words : words.slice(0, option)), "--help"];
};

async function runAll(asked: readonly Asked[]): Promise<Ran[]> {
  const program = fileURLToPath(new URL("run-commands.ts", import.meta.url));
  const child = spawn(process.execPath, ["--import", "tsx", program], {
    cwd: root,
    stdio: ["pipe", "pipe", "inherit"],
  });
  child.stdin.end(JSON.stringify(asked));
  return (await json(child.stdout)) as Ran[];
}
