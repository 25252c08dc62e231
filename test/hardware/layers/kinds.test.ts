import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const src = join(import.meta.dirname, "../../../src");

/** Names of the kinds of layer, each of which stands in the file of its kind alone. */
const names = '"(grouped-query|latent|compressed|delta|mamba|convolution|parallel|none|dense|mixture)"';
const asks = new RegExp(
  `switch \\((attention|group|layer)\\.kind\\)|kind\\b[^\n]*[!=]==[^\n]*${names}|case ${names}:`,
);

it("no file asks for the kind of a layer: the file of each kind answers", () => {
  const files = readdirSync(src, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => ({ file, text: readFileSync(join(src, file), "utf8") }))
    .filter(({ file, text }) => /^hardware/.test(file) || /hardware\/(layers|model)/.test(text));
  expect(files.length).toBeGreaterThan(50);
  expect(files.filter(({ text }) => asks.test(text)).map(({ file }) => file)).toEqual([]);
});

it.each([
  "switch (attention.kind) {",
  'if (group.kind === "mixture")',
  'attention.kind !== "latent" && x',
  '    case "delta":',
])("the search finds %s", (line) => {
  expect(line).toMatch(asks);
});
