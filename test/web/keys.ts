import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { expectSound, settled } from "./browser.ts";
import type { OpenPage } from "./browser.ts";

/** Name that assistive technology has for the element with the focus. */
const focused = (page: Page): Promise<string> =>
  page.evaluate<string>(`(() => {
    const { activeElement: at } = document;
    return at?.getAttribute("aria-label") ?? at?.labels?.[0]?.textContent ?? at?.textContent ?? "";
  })()`);

/** Presses Tab until an element of this name has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 60; presses++) {
    await page.keyboard.press("Tab");
    if ((await focused(page)) === name) return;
  }
  throw new Error(`no Tab leads to ${name}`);
}

/** Tests of the page without a pointer. */
export function keyTests(open: OpenPage): void {
  it("go through views, and change a choice, a slider and a list", async () => {
    const opened = await open("#quality?variant=dense&variant=dsa&trials=1");
    const { page } = opened;
    await settled(page);
    await tabTo(page, "Article");
    const outline = await page.evaluate<string>("getComputedStyle(document.activeElement).outlineStyle");
    expect(outline).not.toBe("none");
    await page.keyboard.press("Enter");
    await tabTo(page, "verdict");
    await page.keyboard.press("ArrowDown");
    await page.waitForURL(/#article.*verdict=/);
    await page.goBack();
    await page.waitForURL(/#quality/);
    await tabTo(page, "remove variant 1, dense");
    await page.keyboard.press("Enter");
    await page.getByRole("rowheader", { name: "dense" }).waitFor({ state: "detached" });
    await tabTo(page, "problems a point");
    await page.keyboard.press("ArrowRight");
    await page.waitForURL(/trials=2/);
    await settled(page);
    await expectSound(opened);
  });
}
