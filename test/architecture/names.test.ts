import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { groupBy } from "../../src/core/group.ts";

const src = join(import.meta.dirname, "../../src");

/** Names of the types, interfaces and classes that a file declares, at any depth. */
const declaredIn = (text: string): string[] =>
  [
    ...text.matchAll(
      /^ *(?:export )?(?:default )?(?:declare )?(?:abstract )?(?:type|interface|class) (\w+)\b/gm,
    ),
  ].map(([, name]) => name!);

/** Names that two files or more declare: `Name: a.ts, b.ts`. AssemblyScript is another language with types of its own. */
function namesOfTwoMeanings(files: Readonly<Record<string, string>>): string[] {
  const declared = Object.entries(files).flatMap(([file, text]) =>
    [...new Set(declaredIn(text))].map((name) => ({ name, file })),
  );
  return [...groupBy(declared, ({ name }) => name)]
    .filter(([, own]) => own.length > 1)
    .map(([name, own]) => `${name}: ${own.map(({ file }) => file).join(", ")}`);
}

it("a type name has one meaning in all of src", () => {
  const names = readdirSync(src, { recursive: true, encoding: "utf8" }).filter(
    (file) => file.endsWith(".ts") && !file.startsWith(join("engines", "wasm", "assembly")),
  );
  const files = Object.fromEntries(names.map((file) => [file, readFileSync(join(src, file), "utf8")]));
  expect(Object.values(files).flatMap(declaredIn).length).toBeGreaterThan(500);
  expect(namesOfTwoMeanings(files)).toEqual([]);
});

it("the rule sees every kind of declaration, and one that is inside a function", () => {
  const files = {
    "a.ts": "export type Kind = 1;\nexport interface Row {}\nexport abstract class Engine {}\nclass Own {}",
    "b.ts": "function f() {\n  type Kind = 2;\n}\ninterface Row {}\nexport default class Engine {}",
    "c.ts": 'import type { Kind } from "./a.ts";\nexport type { Row } from "./a.ts";\n// type Own = 3',
  };
  expect(namesOfTwoMeanings(files)).toEqual(["Kind: a.ts, b.ts", "Row: a.ts, b.ts", "Engine: a.ts, b.ts"]);
});
