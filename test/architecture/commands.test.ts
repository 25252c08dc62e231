import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const folder = join(import.meta.dirname, "../../src/cli/commands");

/** Lines of a command's file at most: it parses, calls one function of a lower room, and prints. */
const mostLines = 70;

it("commands are short", () => {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
    (file) => file.endsWith(".ts") && file !== "all.ts",
  );
  expect(files.length).toBeGreaterThan(20);
  const linesOf = (file: string): number =>
    readFileSync(join(folder, file), "utf8").trimEnd().split("\n").length;
  expect(
    files.map((file) => [file, linesOf(file)] as const).filter(([, lines]) => lines > mostLines),
  ).toEqual([]);
});
