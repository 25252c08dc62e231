import {
  barsFigure,
  bytesText,
  compare,
  defineChapter,
  finds,
  gainText,
  groupBy,
  listText,
  onRack,
  problemsText,
  rackSetting,
  rackVerdict,
  scoreText,
  stepText,
  tradeOf,
  usersText,
} from "../../src/experiments.ts";
import type { Evidence } from "../../src/experiments.ts";
import { catalog, formatSeconds, formatShare } from "../../src/index.ts";
import { problems, search } from "./tasks.ts";

const variants = ["dense+yarn", "dsa", "infllm-v2", "nsa", "index-share", "shadowkv", "moba"];
const racks = ["gb200-nvl72", "gb300-nvl72"] as const;
const short = { "gb200-nvl72": "GB200", "gb300-nvl72": "GB300" } as const;

const at = (variant: string) => ({ task: search, variant, tokens: "1M" });

/** Numbers that change on a rack from dense attention to a variant. */
function tradeAt({ gain }: Evidence, rack: string, variant: string) {
  const [dense, own] = [onRack(rack, "dense"), onRack(rack, variant)];
  return {
    gain: gain(at("dense"), at(variant)),
    step: own.step,
    denseStep: dense.step,
    users: own.users,
    denseUsers: dense.users,
  };
}

/** Attentions that do all three things, by rack; and what is missing from the others that find more. */
function judged(evidence: Evidence): string {
  const all = racks.flatMap((rack) =>
    variants.map((variant) => ({ rack, variant, ...tradeOf(tradeAt(evidence, rack, variant)) })),
  );
  const finding = all.filter(({ findsMore }) => findsMore);
  const whole = finding.filter(({ isFaster, holdsAsMany }) => isFaster && holdsAsMany);
  const part = finding.filter((each) => !whole.includes(each));
  const told = ({ rack, variant }: (typeof all)[number]): string =>
    `${variant} on ${short[rack]} (${gainText(evidence, at("dense"), at(variant))} in score, a step of ${stepText(evidence, rack, variant)} against ${stepText(evidence, rack, "dense")}, ${usersText(evidence, rack, variant)} users against ${usersText(evidence, rack, "dense")})`;
  const named = (list: typeof all): string =>
    listText(
      [...groupBy(list, ({ variant }) => variant)].map(
        ([variant, own]) => `${variant} (${listText(own.map(({ rack }) => short[rack]))})`,
      ),
    );
  const slow = part.filter(({ isFaster }) => !isFaster);
  const roomless = part.filter(({ holdsAsMany }) => !holdsAsMany);
  return [
    whole.length === 0
      ? "No attention tried finds more, takes a shorter step and lets as many users fit."
      : `Finding more, a shorter step and as many users come together in ${listText(whole.map(told))}.`,
    ...(slow.length === 0 ? [] : [`More is found without a shorter step by ${named(slow)}.`]),
    ...(roomless.length === 0 ? [] : [`More is found with fewer users by ${named(roomless)}.`]),
  ].join(" ");
}

/** Whether selection saves time, memory and bytes, each from its numbers. */
function selection(evidence: Evidence): string {
  const rack = racks[0];
  const [dense, dsa] = [onRack(rack, "dense"), onRack(rack, "dsa")];
  const bytes = compare(dsa.bytes, dense.bytes);
  const step = compare(dsa.step, dense.step);
  const users = compare(dsa.users, dense.users, 0);
  const texts = [
    `DSA reads ${bytesText(evidence, rack, "dsa")} of a user and step where dense attention reads ${bytesText(evidence, rack, "dense")}`,
    `takes ${stepText(evidence, rack, "dsa")} against ${stepText(evidence, rack, "dense")}`,
    `and lets ${usersText(evidence, rack, "dsa")} users fit against ${usersText(evidence, rack, "dense")}`,
  ];
  const words = {
    less: "it reads less",
    alike: "it reads as much",
    more: "it reads more",
  } as const;
  const stepWords = { less: "is faster", alike: "is no faster", more: "is slower" } as const;
  const userWords = {
    less: "its index costs users",
    alike: "it costs no users",
    more: "it frees room for users",
  } as const;
  const rest = dsa.feedForward + dsa.links;
  const [layers, links] = [
    evidence.say("seconds of a DSA step in feed-forward layers", formatSeconds(dsa.feedForward)),
    evidence.say("seconds of a DSA step in exchanges", formatSeconds(dsa.links)),
  ];
  const why = ` Of that step ${layers} are feed-forward layers and ${links} exchanges between GPUs${
    bytes === "less" && rest > dsa.step / 2 ? ": more than half of it, which no selection shortens" : ""
  }.`;
  return `${texts.join(", ")}: ${words[bytes]}, ${stepWords[step]}, and ${userWords[users]}.${why}`;
}

/** A sentence on the gain of the newer rack. */
function newer(evidence: Evidence): string {
  const [old, young] = [onRack(racks[0], "dense"), onRack(racks[1], "dense")];
  const [gpu, other] = racks.map((rack) => catalog.systems.get(rack).gpu) as [
    ReturnType<typeof catalog.systems.get>["gpu"],
    ReturnType<typeof catalog.systems.get>["gpu"],
  ];
  const memory = evidence.say(
    "memory of a GB300's GPU over a GB200's",
    `${(other.hbm.value / gpu.hbm.value).toFixed(2)} times`,
  );
  const bandwidth = compare(other.hbmBandwidth.value, gpu.hbmBandwidth.value, 0.01);
  const same = { less: "less", alike: "the same", more: "more" }[bandwidth];
  const users = { less: "fewer", alike: "as many", more: "more" }[compare(young.users, old.users, 0)];
  const wait = { less: "shorter", alike: "as long", more: "longer" }[compare(young.step, old.step)];
  return `The GB300 has ${memory} the memory of the GB200 and ${same} bandwidth: it holds ${users} users (${usersText(evidence, racks[1], "dense")} against ${usersText(evidence, racks[0], "dense")} with dense attention), and their steps are ${wait} (${stepText(evidence, racks[1], "dense")} against ${stepText(evidence, racks[0], "dense")}).`;
}

/** Score, bytes and step time of attention variants on two racks. */
export const hardware = defineChapter({
  name: "hardware",
  title: "An attention shaped to the rack?",
  *trials(trial) {
    for (let n = 0; n < problems; n++)
      for (const variant of ["dense", ...variants])
        yield trial({ task: search, variant, tokens: "1M", trial: n });
  },
  tell(evidence) {
    const { users, model } = rackSetting;
    const trades = racks.flatMap((rack) => variants.map((variant) => tradeAt(evidence, rack, variant)));
    const shown = ["dense", ...variants];
    return {
      findings: [
        {
          claim: "speculation-hardware",
          verdict: rackVerdict(trades),
          says: `${judged(evidence)} Scores are of a search at 1M tokens (mean change on ${problemsText(evidence, at("dense"))} problems and its 95% interval). Nothing here can tell whether GPT-5.5 was shaped so.`,
        },
      ],
      text: [
        `A rack limits bytes: those kept for each user, and those read for each token. With the dimensions of ${model} and ${evidence.say("users of a step", String(users))} users of 1M tokens: ${selection(evidence)} A step is a whole forward pass on the fastest division of the rack.`,
        newer(evidence),
        "The experiment co-design covers the rest: bytes over NVLink, sizes of blocks and pages, exponentials.",
      ],
      tables: [
        {
          titles: [
            "attention",
            "search, 1M",
            "finds most",
            "read a user and step",
            "step, GB200",
            "step, GB300",
            "users, GB200",
            "users, GB300",
          ],
          rows: shown.map((variant) => [
            variant,
            scoreText(evidence, at(variant)),
            finds(evidence.score(at(variant)).mean) ? "yes" : "no",
            bytesText(evidence, racks[0], variant),
            ...racks.map((rack) => stepText(evidence, rack, variant)),
            ...racks.map((rack) => usersText(evidence, rack, variant)),
          ]),
        },
      ],
      figure: barsFigure({
        title: "A decode step at 1M tokens",
        subtitle: `GB200 NVL72, dimensions of ${model}, ${users} users; beside each bar its time and the score of a search`,
        axis: "ms",
        bars: shown.map((variant) => {
          const { step } = onRack(racks[0], variant);
          return {
            name: variant,
            series: "step",
            value: 1000 * step,
            label: `${formatSeconds(step)}, score ${formatShare(evidence.score(at(variant)).mean)}`,
          };
        }),
      }),
    };
  },
});
