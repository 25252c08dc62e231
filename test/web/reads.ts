import { describe, expect, it } from "vitest";
import { attnsimJson } from "../cli/attnsim.ts";
import { commandOf, expectSound, explorer, hasBrowser, settled } from "./browser.ts";

interface ShowJson {
  readonly queries: readonly { readonly name: string; readonly sentence: string }[];
}

describe.skipIf(!hasBrowser)("the view of reads", () => {
  const { open } = explorer();

  it("says why each query found or missed its facts, as the command line does", async () => {
    const opened = await open("#reads?length=2K&queries=3&reading=sink-window%28window%3D64%29", {
      viewport: { width: 390, height: 844 },
    });
    const { page } = opened;
    await page.getByRole("button", { name: "Show what they read" }).click();
    await page.locator(".figure svg").waitFor();
    await settled(page);
    const { queries } = await attnsimJson<ShowJson>(...(await commandOf(page)));
    expect(queries.length).toBeGreaterThan(0);
    const rows = await page.locator(".table tbody tr").allTextContents();
    expect(rows.length).toBe(queries.length);
    for (const [i, { name, sentence }] of queries.entries()) {
      expect(rows[i]).toContain(name);
      expect(rows[i]).toContain(sentence);
      expect(rows[i]).toContain("outside the first 4");
    }
    await page.getByText("The text around the right tokens").click();
    expect(await page.locator(".snippet .gold").count()).toBeGreaterThan(0);
    await expectSound(opened);
  });
});
