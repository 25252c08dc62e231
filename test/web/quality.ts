import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, expect, it } from "vitest";
import { parseCsv, trialRowsOf } from "../../src/files/csv-text.ts";
import { runTrial } from "../../src/index.ts";
import type { TrialRow } from "../../src/index.ts";
import { attnsim } from "../cli/attnsim.ts";
import { commandOf, downloaded, expectSound, settled } from "./browser.ts";
import type { OpenPage } from "./browser.ts";

const folder = mkdtempSync(join(tmpdir(), "attnsim-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A row whose shares have ten digits: the exponentials of two versions of V8 differ in the last one. */
const rounded = (row: TrialRow): object =>
  Object.fromEntries(
    Object.entries(row).map(([name, cell]) => [
      name,
      typeof cell === "number" && name !== "score" ? Number(cell.toPrecision(10)) : cell,
    ]),
  );

const small = "#quality?variant=dense&variant=dsa%28k%3D512%29&trials=2";

/** Tests of the view of quality. */
export function qualityTests(open: OpenPage): void {
  it("draws curves from a file, without a network", async () => {
    const built = await attnsim("explore", "--build", join(folder, "page"));
    expect(built.code).toBe(0);
    const opened = await open("#quality?trials=2", { offline: true }, pathToFileURL(built.out.trim()).href);
    await settled(opened.page);
    expect(await opened.page.locator(".figure svg").count()).toBe(1);
    expect(await opened.page.getByRole("rowheader", { name: "sink-window" }).count()).toBe(1);
    await expectSound(opened);
  });

  it("gives the rows of the command line that it shows", async () => {
    const { page } = await open(`${small}&fidelity=0.95`);
    await settled(page);
    const words = await commandOf(page);
    expect(words).toContain("--fidelity");
    const out = join(folder, "run");
    expect((await attnsim(...words, "--out", out)).code).toBe(0);
    const [shown, run] = [
      await downloaded(page, "CSV of the rows"),
      readFileSync(join(out, "data.csv"), "utf8"),
    ].map((csv) => trialRowsOf(parseCsv(csv, "data.csv", []), "data.csv"));
    expect(shown!.map(rounded)).toEqual(run!.map(rounded));
    expect(run!.length).toBe(36);
  });

  it("says what is wrong beside the field, and keeps the other curves", async () => {
    const opened = await open(small);
    const { page } = opened;
    await settled(page);
    await page.getByLabel("variant 2", { exact: true }).fill("dsa(k=0)");
    const error = page.locator(".specs .error");
    await error.waitFor();
    expect(await error.textContent()).toContain("k must be an integer >= 1; got");
    expect(await page.getByRole("rowheader", { name: "dense" }).count()).toBe(1);
    await expectSound(opened);
    await page.getByLabel("variant 2", { exact: true }).fill("layers(3*sink-window|dense)+fp8");
    await page.getByRole("rowheader", { name: "layers(" }).waitFor();
    expect(await error.count()).toBe(0);
  });

  it("moves curves by keys, holds its state in the address, and scrolls by wheel", async () => {
    const { page } = await open(small);
    await settled(page);
    const before = await page.locator(".figure svg").innerHTML();
    await page.getByText("Reader", { exact: true }).click();
    await page.getByRole("slider", { name: "fidelity" }).press("ArrowLeft");
    await page.waitForURL(/fidelity=0.98/);
    await settled(page);
    await expect.poll(() => page.locator(".figure svg").innerHTML()).not.toBe(before);
    const moved = await page.locator(".table").first().textContent();
    await page.setViewportSize({ width: 1440, height: 400 });
    await page.mouse.move(800, 200);
    await page.mouse.wheel(0, 300);
    await page.waitForFunction("scrollY > 0");
    // the address alone makes the same view
    const again = await open(new URL(page.url()).hash);
    await settled(again.page);
    expect(await again.page.locator(".table").first().textContent()).toBe(moved);
  });

  it("runs full numerics with progress, and stops when it is told to", async () => {
    const opened = await open(`${small}&measure=2K&measured=1`);
    const { page, faults } = opened;
    await settled(page);
    await page.getByRole("button", { name: "Run full numerics" }).click();
    await page.getByText("2 of 2 trials at 2K").waitFor();
    const measured = page.getByRole("region", { name: "Full numerics" });
    await measured.waitFor();
    const { score } = await runTrial({ task: "graphwalks", variant: "dsa(k=512)", tokens: "2K" });
    const shown = await measured.getByRole("row", { name: "dsa(k=512)" }).textContent();
    expect(shown).toContain(score === 1 ? "1.0" : score!.toFixed(2).slice(1));
    await page.getByLabel("context", { exact: true }).selectOption("32K");
    await page.getByRole("button", { name: "Run full numerics" }).click();
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByText("cancelled").waitFor();
    expect(faults).toEqual([]);
  });

  it("shows a point's numbers at a touch, on a narrow dark screen", async () => {
    const opened = await open(small, {
      viewport: { width: 390, height: 844 },
      hasTouch: true,
      isMobile: true,
      colorScheme: "dark",
    });
    const { page } = opened;
    await settled(page);
    await page.locator('.plot [data-kind="point"]').last().scrollIntoViewIfNeeded();
    const mark = (await page.locator('.plot [data-kind="point"]').last().boundingBox())!;
    await page.touchscreen.tap(mark.x + mark.width / 2, mark.y + mark.height / 2);
    expect(await page.locator(".tip").textContent()).toMatch(/score|mean/);
    const wide = await page.evaluate<number>("document.documentElement.scrollWidth");
    expect(wide).toBeLessThanOrEqual(390);
    await expectSound(opened);
  });
}
