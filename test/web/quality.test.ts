import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { attnsim } from "../cli/attnsim.ts";
import { expectSound, explorer, hasBrowser, settled } from "./browser.ts";

const folder = mkdtempSync(join(tmpdir(), "attnsim-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(!hasBrowser)("the view of quality", () => {
  const { open } = explorer();

  it("draws curves from a file, without a network", async () => {
    const built = await attnsim("explore", "--build", join(folder, "page"));
    expect(built.code).toBe(0);
    const opened = await open("#quality?trials=2", { offline: true }, pathToFileURL(built.out.trim()).href);
    await settled(opened.page);
    expect(await opened.page.locator(".figure svg").count()).toBe(1);
    expect(await opened.page.getByRole("rowheader", { name: "sink-window" }).count()).toBe(1);
    await expectSound(opened);
  });
});
