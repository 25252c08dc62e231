/** Prints what vitest prints of the law of costs where the variant of CONTRIBUTING.md leaves a part of its cost out. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { counting } from "../../src/engines/counting.ts";
import { referenceEngine } from "../../src/engines/reference/engine.ts";
import { importFile } from "../../src/files/load.ts";
import type { AnyVariant } from "../../src/attention/variant.ts";
import { costDifferences } from "../../test/attention/cost-law.ts";
import { filesOf } from "./commands.ts";

const left = " + Math.ceil(before / stride)";

const contributing = readFileSync(new URL("../../CONTRIBUTING.md", import.meta.url), "utf8");
const whole = filesOf(contributing)["my-variant.ts"] ?? "";
const broken = whole.replace(left, "");
if (broken === whole) throw new Error(`the variant of CONTRIBUTING.md has no "${left}"`);

const folder = mkdtempSync(join(tmpdir(), "attnsim-law-"));
try {
  const file = join(folder, "broken.ts");
  writeFileSync(file, broken);
  const { strided } = (await importFile(file)) as { readonly strided: AnyVariant };
  const differences = costDifferences(strided, counting(referenceEngine()));
  const title = ["attention variants on reference", strided.name, "costs what counting counts"].join(" > ");
  console.log(
    [
      ` FAIL  test/attention/laws.test.ts > ${title}`,
      `AssertionError: ${differences[0]!}: expected [ …(${differences.length}) ] to deeply equal []`,
      "",
      "- []",
      "+ [",
      ...differences.slice(0, 4).map((difference) => `+   "${difference}",`),
      "…",
    ].join("\n"),
  );
} finally {
  rmSync(folder, { recursive: true });
}
