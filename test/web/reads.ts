import { expect, it } from "vitest";
import { attnsimJson } from "../cli/attnsim.ts";
import { commandOf, expectSound, settled } from "./browser.ts";
import type { OpenPage } from "./browser.ts";

interface ShowJson {
  readonly queries: readonly { readonly name: string; readonly sentence: string }[];
}

/** Tests of the view of reads. */
export function readsTests(open: OpenPage): void {
  it("says why each query found or missed its facts, as the command line does", async () => {
    const opened = await open(
      "#reads?length=2K&queries=3&reading=sink-window%28window%3D64%29&sharpness=0.8",
      {
        viewport: { width: 390, height: 844 },
      },
    );
    const { page } = opened;
    await page.getByRole("button", { name: "Show what they read" }).click();
    await page.locator(".figure svg").waitFor();
    await settled(page);
    const words = await commandOf(page);
    expect(words.join(" ")).toContain("--sharpness 0.8");
    const { queries } = await attnsimJson<ShowJson>(...words);
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
}
