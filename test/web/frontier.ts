import { expect, it } from "vitest";
import { formatSeconds, formatUsd } from "../../src/core/units.ts";
import { attnsimJson } from "../cli/attnsim.ts";
import { commandOf, expectSound, settled } from "./browser.ts";
import type { OpenPage } from "./browser.ts";

interface FrontierJson {
  readonly points: readonly {
    readonly variant: string;
    readonly tpotSeconds: number;
    readonly usersPerRack: number;
    readonly dollarsPerMillionOutput: number;
  }[];
}

/** Tests of the view of the frontier. */
export function frontierTests(open: OpenPage): void {
  it("gives the points of the command line that it shows, and greys what fails", async () => {
    const opened = await open(
      "#frontier?variant=dense&variant=dsa&trials=2&tokens=128K&model=llama-3.1-8b&system=gb200-nvl72&fidelity=0.9",
    );
    const { page } = opened;
    await settled(page);
    const words = await commandOf(page);
    expect(words.join(" ")).toContain("--fidelity 0.9");
    const { points } = await attnsimJson<FrontierJson>(...words);
    expect(points.length).toBe(2);
    for (const { variant, tpotSeconds, usersPerRack, dollarsPerMillionOutput } of points) {
      const row = await page.getByRole("row", { name: new RegExp(`^${variant} `) }).textContent();
      expect(row).toContain(formatSeconds(tpotSeconds));
      expect(row).toContain(String(usersPerRack));
      expect(row).toContain(formatUsd(dollarsPerMillionOutput));
    }
    await expectSound(opened);
    const fastest = Math.min(...points.map(({ tpotSeconds }) => 1000 * tpotSeconds));
    await page.getByLabel("TPOT at most, ms").fill(String(1.0001 * fastest));
    await page.getByRole("rowheader", { name: "(fails)" }).waitFor();
    expect(await page.getByRole("rowheader", { name: "(fails)" }).count()).toBe(1);
  });
}
