/**
 * Times of the page of `attnsim explore` in Chromium, by the page's own clock: `npm run bench:page -- [--only slider]
 * [--repeats 5] [--json]`. Every run has a page of its own, whose library is cold. Processor time is that of all threads of
 * the page, from before the interaction to the end of its last measure.
 */
import { fileURLToPath } from "node:url";
import { Command } from "@commander-js/extra-typings";
import type { Browser, CDPSession, Page } from "playwright-core";
import { exitCodeOf } from "../src/cli/exit.ts";
import { servePage } from "../src/cli/explore/page.ts";
import { integer } from "../src/cli/options/values.ts";
import { formatTable } from "../src/cli/print/table.ts";
import { median } from "../src/core/stats.ts";
import { startChromium } from "../test/web/chromium.ts";
import { pageClock } from "./page-clock.ts";
import type { PageState } from "./page-clock.ts";

/** Something that a user does, and what is timed from then on. */
interface Interaction {
  readonly name: string;
  /** states that the times end at, and the milliseconds that each may take */
  readonly bars: Readonly<Partial<Record<PageState, number | null>>>;
  /** state of the address at first */
  readonly from: string;
  /** brings the page to where the interaction starts */
  readonly prepare?: (page: Page) => Promise<unknown>;
  /** left out: the page is opened */
  readonly act?: (page: Page) => Promise<unknown>;
}

const settled = (page: Page): Promise<unknown> => page.waitForSelector('.results[aria-busy="false"]');

const view = (title: string, bars: Interaction["bars"]): Interaction => ({
  name: `${title}, opened`,
  bars,
  from: "#results",
  prepare: settled,
  act: (page) => page.getByRole("navigation").getByText(title, { exact: true }).click(),
});

/** A slider that moves by one step, after it has moved before. */
function slider(
  name: string,
  label: string,
  { from, bars }: Pick<Interaction, "from" | "bars">,
): Interaction {
  const press = (page: Page): Promise<void> => page.getByRole("slider", { name: label }).press("ArrowLeft");
  const prepare = async (page: Page): Promise<void> => {
    await settled(page);
    const reader = page.getByText("Reader", { exact: true });
    if ((await reader.count()) > 0) await reader.click();
    await page.evaluate("clock.arm(['moved', 'whole'])");
    await press(page);
    await page.evaluate("clock.times()");
  };
  return { name, bars, from, prepare, act: press };
}

const rows = fileURLToPath(new URL("../results/length-sweep/data.csv", import.meta.url));

const interactions: readonly Interaction[] = [
  { name: "first view", bars: { drawn: 2000 }, from: "" },
  slider("Quality, slider, one variant", "fidelity", {
    from: "#quality?variant=dsa",
    bars: { moved: 100, whole: null },
  }),
  slider("Quality, slider, six variants", "fidelity", { from: "", bars: { moved: 500, whole: null } }),
  {
    name: "Reads, button",
    bars: { drawn: null, whole: null },
    from: "#reads",
    act: (page) => page.getByRole("button", { name: "Show what they read" }).click(),
  },
  view("Hardware", { drawn: null, whole: null }),
  slider("Hardware, slider", "NVLink bandwidth", { from: "#hardware", bars: { moved: null, whole: null } }),
  view("Frontier", { drawn: null, whole: null }),
  {
    name: "Results, file dropped",
    bars: { drawn: null, whole: null },
    from: "#results",
    prepare: settled,
    act: (page) => page.getByLabel("drop results here").setInputFiles(rows),
  },
  view("Article", { drawn: null }),
];

/** Processor seconds of each process that draws pages. */
async function processorSeconds(session: CDPSession): Promise<ReadonlyMap<number, number>> {
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  return new Map(
    processInfo.flatMap(({ type, id, cpuTime }) => (type === "renderer" ? [[id, cpuTime]] : [])),
  );
}

/** Milliseconds of one run, until each state and of the processor. */
interface PageRun {
  readonly wall: Readonly<Partial<Record<PageState, number>>>;
  readonly processor: number;
}

async function run(browser: Browser, address: string, interaction: Interaction): Promise<PageRun> {
  const { from, bars, prepare, act } = interaction;
  const session = await browser.newBrowserCDPSession();
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(300_000);
    await page.addInitScript(pageClock);
    let before = await processorSeconds(session);
    await page.goto(address + from);
    if (act !== undefined) {
      await page.locator(".controls, .panel").first().waitFor();
      await prepare?.(page);
      before = await processorSeconds(session);
      await page.evaluate(`clock.arm(${JSON.stringify(Object.keys(bars))})`);
      await act(page);
    }
    const wall = await page.evaluate<PageRun["wall"]>("clock.times()");
    const after = await processorSeconds(session);
    const spent = [...after].reduce((sum, [id, seconds]) => sum + seconds - (before.get(id) ?? 0), 0);
    return { wall, processor: 1000 * spent };
  } finally {
    await context.close();
    await session.detach();
  }
}

const ends: Readonly<Record<PageState, string>> = {
  drawn: "first figure",
  moved: "figure moved",
  whole: "all of it",
};

const program = new Command("page")
  .description("Times of the page of `attnsim explore` in Chromium")
  .exitOverride()
  .option("--only <text>", "interactions whose names have this text")
  .option("--repeats <n>", "runs of each", integer(1), 5)
  .option("--json", "print the times as JSON")
  .action(async ({ only = "", repeats, json }) => {
    const address = await servePage(0);
    const browser = await startChromium();
    try {
      const found = [];
      for (const interaction of interactions.filter(({ name }) => name.includes(only))) {
        const runs: PageRun[] = [];
        for (let i = 0; i < repeats; i++) runs.push(await run(browser, address, interaction));
        const states = Object.entries(interaction.bars) as [PageState, number | null][];
        for (const [i, [state, bar]] of states.entries()) {
          const ms = runs.map(({ wall }) => wall[state]!);
          found.push({
            interaction: interaction.name,
            until: ends[state],
            ms: median(ms),
            least: Math.min(...ms),
            processor: i === states.length - 1 ? Math.min(...runs.map(({ processor }) => processor)) : null,
            bar,
          });
        }
      }
      const whole = (ms: number | null): string => (ms === null ? "" : String(Math.round(ms)));
      const titles = ["interaction", "until", "ms", "least", "processor, least", "bar", ""];
      const cells = found.map(({ interaction, until, ms, least, processor, bar }) => [
        ...[interaction, until, whole(ms), whole(least), whole(processor), whole(bar)],
        bar !== null && ms > bar ? "over" : "",
      ]);
      console.log(json ? JSON.stringify(found, null, 2) : formatTable(titles, cells));
    } finally {
      await browser.close();
    }
    process.exit();
  });
process.exitCode = await exitCodeOf(() => program.parseAsync());
