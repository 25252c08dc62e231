import { describe } from "vitest";
import { articleTests } from "./article.ts";
import { explorer, hasBrowser } from "./browser.ts";
import { frontierTests } from "./frontier.ts";
import { hardwareTests } from "./hardware.ts";
import { keyTests } from "./keys.ts";
import { qualityTests } from "./quality.ts";
import { readsTests } from "./reads.ts";
import { resultsTests } from "./results.ts";

// one file, since a browser and the command line take longer to start than most of its tests
describe.skipIf(!hasBrowser)("the explorer", () => {
  const { open } = explorer();
  describe("the view of quality", () => qualityTests(open));
  describe("the view of reads", () => readsTests(open));
  describe("the view of hardware", () => hardwareTests(open));
  describe("the view of the frontier", () => frontierTests(open));
  describe("the view of results", () => resultsTests(open));
  describe("the view of the article", () => articleTests(open));
  describe("keys alone", () => keyTests(open));
});
