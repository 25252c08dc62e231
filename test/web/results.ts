import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { attnsim } from "../cli/attnsim.ts";
import { downloaded, expectSound, settled } from "./browser.ts";
import type { OpenPage } from "./browser.ts";

const folder = mkdtempSync(join(tmpdir(), "attnsim-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Tests of the view of results. */
export function resultsTests(open: OpenPage): void {
  it("draws the figures of the command line", async () => {
    const csv = join(folder, "data.csv");
    const run = ["run", "--mode", "mean-field", "--task", "graphwalks", "--variant", "dense,dsa"];
    await attnsim(...run, "--tokens", "8K,32K", "--trials", "3", "--out", folder);
    const out = join(folder, "figures");
    expect((await attnsim("plot", csv, "--out", out, "--title", "data.csv", "--format", "svg")).code).toBe(0);
    const opened = await open("#results");
    const { page } = opened;
    await page.getByLabel("drop results here").setInputFiles(csv);
    await page.locator(".figure").first().waitFor();
    await settled(page);
    const files = readdirSync(out);
    expect(await page.locator(".figure").count()).toBe(files.length);
    expect(await downloaded(page, "SVG of accuracy")).toBe(readFileSync(join(out, "accuracy.svg"), "utf8"));
    expect((await downloaded(page, "PNG of accuracy")).slice(1, 4)).toBe("PNG");
    await expectSound(opened);
    // another file is drawn over it
    await page.getByLabel("drop results here").setInputFiles({
      name: "mine.csv",
      mimeType: "text/csv",
      buffer: Buffer.from(
        "variant,tokens,score,task\nmine,8192,0.5,graphwalks\nmine,32768,0.25,graphwalks\n",
      ),
    });
    await page.getByText("2 rows; graphwalks; mine").waitFor();
    expect(await page.locator(".figure").first().textContent()).toMatch(
      /^Score against context length.*: data\.csv, mine\.csv/,
    );
    // another folder's file of the same name is no new version of the first one
    await page.getByLabel("drop results here").setInputFiles({
      name: "mine.csv",
      mimeType: "text/csv",
      buffer: Buffer.from("variant,tokens,score,task\nother,8192,0.5,graphwalks\n"),
    });
    await page.getByText("mine (2).csv", { exact: false }).first().waitFor();
    expect(await page.getByRole("list", { name: "files" }).getByRole("listitem").count()).toBe(3);
  });

  it("says what is wrong with a file", async () => {
    const { page, faults } = await open("#results");
    await page.getByLabel("drop results here").setInputFiles({
      name: "words.csv",
      mimeType: "text/csv",
      buffer: Buffer.from("a,b\nx,y\n"),
    });
    await page.getByText("words.csv cannot be drawn").waitFor();
    // it hides no other
    await page.getByLabel("drop results here").setInputFiles({
      name: "mine.csv",
      mimeType: "text/csv",
      buffer: Buffer.from("variant,tokens,score,task\nmine,8192,0.5,graphwalks\n"),
    });
    await page.locator(".figure").first().waitFor();
    expect(await page.locator(".figure").first().textContent()).toMatch(/: mine\.csv/);
    const broken = page.getByRole("listitem").filter({ hasText: "words.csv" });
    expect(await broken.locator(".error").textContent()).toContain("words.csv cannot be drawn");
    expect(faults).toEqual([]);
  });
}
