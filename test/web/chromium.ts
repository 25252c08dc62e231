import { existsSync } from "node:fs";
import { chromium } from "playwright-core";
import type { Browser } from "playwright-core";

/** Path of Chromium: CHROMIUM in the environment, or Debian's. Undefined where there is none. */
export function chromiumPath(): string | undefined {
  const places = [process.env["CHROMIUM"], "/usr/bin/chromium", "/usr/bin/chromium-browser"];
  return places.find((place) => place !== undefined && existsSync(place));
}

/** Starts Chromium without a window. @throws Error where there is none */
export function startChromium(): Promise<Browser> {
  const executablePath = chromiumPath();
  if (executablePath === undefined)
    throw new Error("no Chromium: apt-get install chromium, or set CHROMIUM to its path");
  return chromium.launch({ executablePath, args: ["--no-sandbox"] });
}
