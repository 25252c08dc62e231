import { barsFigure, candidateCost, defineChapter } from "../../src/experiments.ts";
import type { CostSetting } from "../../src/experiments.ts";
import { catalog, formatBytes, formatMean, formatSeconds, formatShare } from "../../src/index.ts";

const walk = "graphwalks(operation=bfs)";
const variants = ["dense", "dense+yarn", "dsa", "moba"];
const users = 64;

/** Score, bytes and step time of attention variants on two racks. */
export const hardware = defineChapter({
  name: "hardware",
  title: "An attention shaped to the rack?",
  *trials(trial) {
    for (let n = 0; n < 20; n++)
      for (const variant of variants) yield trial({ task: walk, variant, tokens: "1M", trial: n });
  },
  tell({ score }) {
    const model = catalog.models.get("deepseek-v3");
    const setting: CostSetting = {
      model,
      weights: "nvfp4",
      kvDtype: "fp8",
      tokens: 2 ** 20,
      users,
      systems: ["gb200-nvl72", "gb300-nvl72"].map((name) => catalog.systems.get(name)),
    };
    const found = variants.map((variant) => {
      const { bytesReadPerToken: bytes, systems } = candidateCost(variant, 1, setting);
      const [gb200, gb300] = systems.map(({ usersPerRack, tpotSeconds }) => ({
        step: tpotSeconds!,
        fit: usersPerRack,
      })) as [{ step: number; fit: number }, { step: number; fit: number }];
      return { variant, bytes, gb200, gb300, search: score({ task: walk, variant, tokens: "1M" }) };
    });
    const [dense, dsa] = ["dense", "dsa"].map((name) => found.find(({ variant }) => variant === name)!);
    const isBetter = dsa!.search.mean > dense!.search.mean && dsa!.gb200.step < dense!.gb200.step;
    return {
      findings: [
        {
          claim: "speculation-hardware",
          verdict: isBetter ? "plausible" : "contradicted",
          says: `At 1M tokens dsa reads ${formatBytes(dsa!.bytes)} a user and step where dense reads ${formatBytes(dense!.bytes)}, takes ${formatSeconds(dsa!.gb200.step)} against ${formatSeconds(dense!.gb200.step)}, and its search scores ${formatMean(dsa!.search)} against ${formatMean(dense!.search)} (mean and 95% interval, ${dsa!.search.trials} trials). That suits a rack; nothing here can tell whether GPT-5.5 was shaped so.`,
        },
      ],
      text: [
        `A rack limits bytes: those kept for each user, and those read for each token. With DeepSeek-V3's dimensions and ${users} users of a million tokens, selection reads fewer bytes and finds more. It keeps every token, so it saves no memory. A step is a whole forward pass on the fastest division of the rack for ${users} users. Weights, experts and exchanges take most of it, so a quarter of the bytes does not take a quarter of the time. The GB300 has 1.5 times the memory of the GB200 and the same bandwidth: it holds more users, and each of them waits as long.`,
        "The experiment co-design covers the rest: bytes over NVLink, sizes of blocks and pages, exponentials.",
      ],
      tables: [
        {
          titles: [
            "attention",
            "search, 1M",
            "read a user and step",
            "step, GB200",
            "step, GB300",
            "users a GB200 rack",
            "users a GB300 rack",
          ],
          rows: found.map(({ variant, search, bytes, gb200, gb300 }) => [
            variant,
            formatMean(search),
            formatBytes(bytes),
            formatSeconds(gb200.step),
            formatSeconds(gb300.step),
            gb200.fit,
            gb300.fit,
          ]),
        },
      ],
      figure: barsFigure({
        title: "A decode step at a million tokens",
        subtitle: `GB200 NVL72, DeepSeek-V3's dimensions, ${users} users; beside each bar its time and the score of a search`,
        axis: "ms",
        bars: found.map(({ variant, gb200, search }) => ({
          name: variant,
          series: "step",
          value: 1000 * gb200.step,
          label: `${formatSeconds(gb200.step)}, score ${formatShare(search.mean)}`,
        })),
      }),
    };
  },
});
