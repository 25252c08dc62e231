import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { expectSound, settled } from "./browser.ts";
import type { OpenPage } from "./browser.ts";

const report = readFileSync(join(import.meta.dirname, "../../results/article/report.md"), "utf8");

/** Tests of the view of the article. */
export function articleTests(open: OpenPage): void {
  it("has the claims and verdicts of the committed report, with its figures", async () => {
    const opened = await open("#article", { viewport: { width: 390, height: 844 }, colorScheme: "dark" });
    const { page } = opened;
    await page.locator(".figure svg").first().waitFor();
    await settled(page);
    const table = report.slice(report.indexOf("## The claims"));
    const verdicts = [
      ...table.slice(0, table.indexOf("\n## ", 1)).matchAll(/^\| .* \| .* \| ([a-z ]+) \| .* \|$/gm),
    ].map(([, verdict]) => verdict);
    const claims = verdicts.filter((verdict) => verdict !== "verdict");
    expect(claims.length).toBeGreaterThan(20);
    const shown = await page.locator(".claims strong").allTextContents();
    expect(shown.sort()).toEqual(claims.sort());
    await expectSound(opened);
    await page.getByLabel("verdict").selectOption("plausible");
    await page.waitForURL(/verdict=plausible/);
    const some = await page.locator(".claims strong").allTextContents();
    expect(new Set(some)).toEqual(new Set(["plausible"]));
  });
}
