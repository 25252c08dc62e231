import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");

/** Forms that must be read twice, and the words to write in their place. */
const banned: readonly { readonly form: RegExp; readonly write: string }[] = [
  { form: /^(What|How many|How much) .*[^?]$/, write: "begin with the thing: Tokens that a query reads." },
  { form: /\bso (many|few|much)\b(?!.* (that|as)\b)/, write: "name the number: `keep` tokens" },
  { form: /\b(when|where|if) (absent|left out)\b/, write: "Default: all." },
  { form: /\b(thereof|whereof|hereof|whereby|wherein|therein)\b/, write: "two sentences" },
];

/** Comments of a file, without their marks: they stand in the text between two tokens, beside nothing but space. */
function commentsOf(text: string): string[] {
  const file = ts.createSourceFile("file.ts", text, ts.ScriptTarget.Latest);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isJSDoc(node)) return;
    const children = node.getChildren(file);
    children.forEach(visit);
    if (children.length > 0) return;
    const between = text.slice(node.pos, node.getStart(file));
    for (const [, block, line] of between.matchAll(/\/\*\*?(.*?)\*\/|\/\/([^\n]*)/gs))
      found.push((block ?? line!).replace(/\s*\n\s*\*? ?/g, " "));
  };
  visit(file);
  return found;
}

/** Sentences of the comments of a file, tags of docstrings apart. */
const sentencesOf = (text: string): string[] =>
  commentsOf(text)
    .flatMap((comment) => comment.split(/(?<=[.!?]|@(?:param \S+|returns|throws \w+))\s+|(?=@\w)/))
    .map((sentence) => sentence.trim());

const brokenIn = (text: string): string[] =>
  sentencesOf(text).flatMap((sentence) =>
    banned.filter(({ form }) => form.test(sentence)).map(({ write }) => `${sentence} (write: ${write})`),
  );

it("comments are in plain English", () => {
  const files = ["src", "scripts", "experiments", "bench", "test"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((file) => /\.(m?ts|tsx)$/.test(file))
      .map((file) => join(folder, file)),
  );
  expect(files.length).toBeGreaterThan(500);
  expect(
    files.flatMap((file) =>
      brokenIn(readFileSync(join(root, file), "utf8")).map((sentence) => `${file}: ${sentence}`),
    ),
  ).toEqual([]);
});

it("the rule finds the forms in comments alone, and lets questions and comparisons pass", () => {
  const text = `
    /** What is read. @param a all when absent */
    const a = "What is read. // so many thereof";
    // How many tokens are read? There are so many records that most units hold one.
    /**
     * Rows, so
     * many of each. How much is kept: all of it.
     * @returns a list whereby rows are known
     */
    const b = /["']/;
  `;
  expect(brokenIn(text).map((found) => found.split(" (")[0])).toEqual([
    "What is read.",
    "all when absent",
    "Rows, so many of each.",
    "How much is kept: all of it.",
    "a list whereby rows are known",
  ]);
});
