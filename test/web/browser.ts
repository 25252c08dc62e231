import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { servePage } from "../../src/cli/explore/page.ts";
import { chromiumPath, startChromium } from "./chromium.ts";

const root = join(import.meta.dirname, "../..");

/** Whether the page can be tested here. In CI a missing browser is a failure. */
export const hasBrowser = chromiumPath() !== undefined || process.env["CI"] !== undefined;

if (!hasBrowser)
  console.warn("no Chromium here, the page is not tested: apt-get install chromium, or set CHROMIUM");

const newestIn = (folder: string): number =>
  Math.max(
    ...readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map(
      (file) => statSync(join(root, folder, file)).mtimeMs,
    ),
  );

/** @throws Error if the page is not built, or a source is newer */
function checkPage(): void {
  const page = join(root, "dist/web/index.html");
  const isOld = !existsSync(page) || statSync(page).mtimeMs < newestIn("src");
  if (isOld) throw new Error("the page is older than its sources: run `npm run build`");
}

/** An opened page and what it did that it must not do. */
export interface OpenedPage {
  readonly page: Page;
  /** errors of its console, and requests that left its origin */
  readonly faults: readonly string[];
}

/** Opens the page. @param hash its state @param origin default: served on this machine */
export type OpenPage = (
  hash?: string,
  settings?: BrowserContextOptions,
  origin?: string,
) => Promise<OpenedPage>;

/** The page in a browser, for the tests of a file. Pages are closed after their test. */
export function explorer(): { readonly open: OpenPage } {
  let browser: Browser | undefined;
  let address = "";
  beforeAll(async () => {
    checkPage();
    address = await servePage(0);
    browser = await startChromium();
  });
  afterEach(async () => {
    for (const context of browser?.contexts() ?? []) await context.close();
  });
  afterAll(async () => browser?.close());

  const open: OpenPage = async (hash = "", settings = {}, origin = address) => {
    const context = await browser!.newContext({ viewport: { width: 1440, height: 900 }, ...settings });
    const page = await context.newPage();
    const faults: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") faults.push(message.text());
    });
    page.on("pageerror", (error) => faults.push(String(error)));
    page.on("request", (request) => {
      const url = request.url();
      if (
        ![origin.slice(0, origin.lastIndexOf("/") + 1), "data:", "blob:"].some((own) => url.startsWith(own))
      )
        faults.push(`request to ${url}`);
    });
    await page.goto(origin + hash);
    return { page, faults };
  };

  return { open };
}

/** Waits until the view shown has its whole answer. */
export const settled = (page: Page): Promise<unknown> =>
  page.waitForSelector('.results[aria-busy="false"]', { timeout: 60_000 });

/** Checks that a page broke no rule of accessibility, and wrote no error. */
export async function expectSound({ page, faults }: OpenedPage): Promise<void> {
  // rules that hold are not listed, which takes axe a third of its time
  const options = { preload: false, resultTypes: ["violations" as const] };
  const { violations } = await new AxeBuilder({ page }).options(options).analyze();
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(", ")}`);
  expect(found).toEqual([]);
  expect(faults).toEqual([]);
}

/** Words of the first command line that a page shows, without `npx attnsim`. */
export async function commandOf(page: Page): Promise<string[]> {
  const text = (await page.locator(".command code").first().textContent())!;
  expect(text).toMatch(/^npx attnsim /);
  const words = [...text.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!);
  return words.slice(2);
}

/** Text of the file that a button of this name downloads. */
export async function downloaded(page: Page, button: string): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: button, exact: true }).click(),
  ]);
  return readFileSync(await download.path(), "utf8");
}
