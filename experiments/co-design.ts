/**
 * Which attention turns the memory and the links of a rack into accuracy at a million tokens?
 *
 * A step reads a user's cache from HBM; spread over the 72 GPUs of a rack, it either exchanges the heads' outputs (Helix)
 * or gathers the rows that were chosen. Accuracy is the mean field's, costs are those of DeepSeek-V3's dimensions, in fp8.
 * Asked too: what a choice costs in pieces of one token to 4,096, and what a GB300 adds to a GB200.
 * Without --full: eight problems a score.
 */
import { experiment, tables, theoryScore } from "../src/experiments.ts";
import {
  attentionLayer,
  catalog,
  exchangedBytes,
  fetchedBytes,
  formatBytes,
  formatSeconds,
  formatShare,
  gatheredBytes,
  keyValueBytes,
  modelCost,
  numberColumn,
  parseSpec,
  perByteFigure,
  stepOf,
  textColumn,
  usersThatFit,
} from "../src/index.ts";

const tokens = 2 ** 20;
const model = catalog.models.get("deepseek-v3");
const systems = ["gb200-nvl72", "gb300-nvl72"].map((name) => catalog.systems.get(name));
const gpus = systems[0]!.gpus.value;
const users = 64;

const variants = [
  ...["dense", "dense+yarn"],
  ...[512, 2048, 8192, 32_768].map((k) => `dsa(k=${k})`),
  ...[512, 2048, 8192].map((k) => `oracle(k=${k})`),
  ...["moba(block=64,k=32)", "moba(block=512,k=8)", "moba(block=4096,k=12)", "sink-window"],
];

/** Tokens that every setting of the second table reads. */
const read = 4096;
const blocks = [1, 16, 64, 256, 1024, 4096];

const score = (task: string, variant: string, problems: number) =>
  theoryScore({ task, variant, tokens: "1M" }, problems);
const search = "graphwalks(operation=bfs)";
const requests = "mrcr(needles=8)";

const spec = textColumn("variant", "attention variant spec");
const scores = [
  numberColumn("search", "mean F1 of breadth-first searches at 1M tokens, mean field"),
  numberColumn("searchLow", "lower end of its 95% interval"),
  numberColumn("searchHigh", "upper end"),
  numberColumn("requests", "mean score of eight identical requests at 1M tokens, mean field"),
];

function scoresOf(variant: string, problems: number) {
  const [walk, count] = [score(search, variant, problems), score(requests, variant, problems)];
  return { search: walk.mean, searchLow: walk.low, searchHigh: walk.high, requests: count.mean };
}

/** Accuracy, and the bytes of a step that it takes. */
const perByte = (problems: number, onStep: () => void) =>
  variants.map((variant) => {
    const cost = modelCost(model, parseSpec(variant), tokens, "fp8");
    const hbm = cost.kvReadBytes + cost.indexReadBytes;
    const found = scoresOf(variant, problems);
    onStep();
    return {
      variant,
      ...found,
      hbmBytes: hbm,
      searchPerGigabyte: found.search / (hbm / 1e9),
      gatheredBytes: gatheredBytes(cost, gpus),
      exchangedBytes: exchangedBytes(model, gpus),
      keptBytes: cost.keptBytes + cost.indexKeptBytes,
    };
  });

/** The same tokens read, in pieces of one to 4,096. */
const perPiece = (problems: number, onStep: () => void) =>
  blocks.map((block) => {
    const variant = block === 1 ? `dsa(k=${read})` : `moba(block=${block},k=${Math.max(2, read / block)})`;
    const cost = modelCost(model, parseSpec(variant), tokens, "fp8");
    const [piece, narrow] = (["fp8", "nvfp4"] as const).map((dtype) =>
      Math.ceil(keyValueBytes(attentionLayer(model.attention[0]).shape(tokens, dtype), block)),
    ) as [number, number];
    const found = scoresOf(variant, problems);
    onStep();
    return {
      variant,
      block,
      ...found,
      pieceBytes: piece,
      fetched: fetchedBytes(piece) / piece,
      fetchedNarrow: fetchedBytes(narrow) / narrow,
      indexReadBytes: cost.indexReadBytes,
      kvReadBytes: cost.kvReadBytes,
    };
  });

/** What the newer rack changes. */
const perRack = () =>
  systems.flatMap((system) =>
    ["dense", "dsa", "moba"].map((variant) => {
      const on = { system, model, spec: parseSpec(variant), weights: "nvfp4", kvDtype: "fp8" } as const;
      const { pass, seconds } = stepOf({ ...on, users, tokens });
      const ideal = stepOf({ ...on, users, tokens, profile: "ideal" });
      return {
        system: system.name,
        variant,
        usersPerRack: usersThatFit(on, tokens),
        stepSeconds: seconds,
        idealSeconds: ideal.seconds,
        attentionSeconds: pass.attentionSeconds,
        feedForwardSeconds: pass.feedForwardSeconds,
        linkSeconds: pass.linkSeconds,
        idealLinkSeconds: ideal.pass.linkSeconds,
        hbmSeconds: pass.time.bytes / system.gpu.hbmBandwidth.value,
        exponentialSeconds: pass.time.exponentials / system.gpu.exponentials!.value,
      };
    }),
  );

type Row = ReturnType<typeof perByte>[number];

/** A search that scores this much finds most of what there is. */
const finds = 0.75;

/** What the rows say. */
function findings(
  bytes: readonly Row[],
  pieces: ReturnType<typeof perPiece>,
  racks: ReturnType<typeof perRack>,
): string[] {
  const of = (variant: string): Row => bytes.find((row) => row.variant === variant)!;
  const [dense, dsa] = [of("dense"), of("dsa(k=2048)")];
  const least = bytes.filter((row) => row.search >= finds).sort((a, b) => a.hbmBytes - b.hbmBytes)[0]!;
  const [one, ...larger] = pieces;
  const largest = larger.filter((row) => row.search >= finds).at(-1)!;
  const next = larger[larger.indexOf(largest) + 1]!;
  const rack = (system: string, variant: string): (typeof racks)[number] =>
    racks.find((row) => row.system === system && row.variant === variant)!;
  const [old, young] = [rack("gb200-nvl72", "dense"), rack("gb300-nvl72", "dense")];
  const share = (part: number, whole: number): string => `${Math.round((100 * part) / whole)}%`;
  const links = rack("gb200-nvl72", "dsa");
  const perToken = dsa.gatheredBytes / 2048;
  return [
    `HBM: of what scores at least ${formatShare(finds)} on the search, ${least.variant} reads least, ${formatBytes(least.hbmBytes)} a user and step for ${formatShare(least.search)}; dsa(k=2048) reads ${formatBytes(dsa.hbmBytes)} for ${formatShare(dsa.search)}, dense ${formatBytes(dense.hbmBytes)} for ${formatShare(dense.search)}.`,
    `Index: ${share(one!.indexReadBytes, one!.indexReadBytes + one!.kvReadBytes)} of what dsa(k=${read}) reads is its index, a record for every token; k hardly matters to HBM. A mean for every ${largest.block} tokens is ${Math.round(one!.indexReadBytes / largest.indexReadBytes)} times smaller.`,
    `Pieces: a token's row of ${one!.pieceBytes} B is whole sectors, so that choosing single tokens fetches ${share(one!.fetched - 1, 1)} in vain in fp8, ${share(one!.fetchedNarrow - 1, 1)} in nvfp4. Memory does not ask for pages; only the index's size does. Blocks of ${largest.block} still find (${formatShare(largest.search)}), of ${next.block} no more (${formatShare(next.search)}).`,
    `NVLink: gathering the rows of dsa(k=2048) sends ${formatBytes(dsa.gatheredBytes)} a user and step, exchanging the heads' outputs ${formatBytes(dsa.exchangedBytes)} whatever is read; up to ${Math.floor(dsa.exchangedBytes / perToken)} tokens it is the rows that are less. Dense attention must exchange.`,
    `Links: with ${users} users ${share(links.linkSeconds, links.stepSeconds)} of a dsa step is exchanges over NVLink, ${formatSeconds(links.linkSeconds)}; their bytes at peak rate take ${formatSeconds(links.idealLinkSeconds)}. The rest is latency: fewer exchanges would help more than smaller ones.`,
    `GB300: ${young.usersPerRack} users against ${old.usersPerRack} by dense attention, at the same bandwidth and nearly the same step (${formatSeconds(young.stepSeconds)}, ${formatSeconds(old.stepSeconds)}); exponentials take ${share(young.exponentialSeconds, young.hbmSeconds)} of the HBM time in place of ${share(old.exponentialSeconds, old.hbmSeconds)}. Capacity is what it adds where attention selects.`,
  ];
}

await experiment({
  name: "co-design",
  question: "Which attention turns the memory and the links of a rack into accuracy at a million tokens?",
  answer: tables({
    steps: () => variants.length + blocks.length,
    make({ full, onStep }) {
      const problems = full ? 60 : 8;
      const [bytes, pieces, racks] = [perByte(problems, onStep), perPiece(problems, onStep), perRack()];
      return {
        tables: [
          {
            name: "data",
            title: "accuracy, and bytes of a decode step: one row a variant",
            columns: [
              spec,
              ...scores,
              numberColumn("hbmBytes", "K, V and index that a step reads for a user, all layers", "B"),
              numberColumn("searchPerGigabyte", "search over hbmBytes", "1/GB"),
              numberColumn(
                "gatheredBytes",
                `over NVLink where the rows read are gathered from ${gpus} GPUs, a user`,
                "B",
              ),
              numberColumn(
                "exchangedBytes",
                `over NVLink where heads' outputs are exchanged among ${gpus} GPUs, a user`,
                "B",
              ),
              numberColumn("keptBytes", "K, V and index of a user, all layers", "B"),
            ],
            rows: bytes,
            primaryKey: ["variant"],
          },
          {
            name: "pieces",
            title: `the choice of ${read} tokens in pieces: one row a size`,
            columns: [
              spec,
              numberColumn("block", "tokens in a piece"),
              ...scores,
              numberColumn("pieceBytes", "bytes of a piece in one layer, fp8", "B"),
              numberColumn("fetched", "bytes that come over bytes asked for, fp8"),
              numberColumn("fetchedNarrow", "the same in nvfp4"),
              numberColumn("indexReadBytes", "index that a step reads for a user, all layers", "B"),
              numberColumn("kvReadBytes", "K and V that a step reads for a user, all layers", "B"),
            ],
            rows: pieces,
            primaryKey: ["variant"],
          },
          {
            name: "racks",
            title: `two racks, ${users} users of ${tokens} tokens: one row a system and variant`,
            columns: [
              textColumn("system", "rack"),
              spec,
              { name: "usersPerRack", type: "integer", doc: "users whose caches fit" },
              numberColumn(
                "stepSeconds",
                "time of a decode step: a whole pass on the division that makes it shortest, kernels as measured",
                "s",
              ),
              numberColumn(
                "idealSeconds",
                "lower bound of stepSeconds: kernels at peak rates, on the division that is then fastest",
                "s",
              ),
              numberColumn("attentionSeconds", "of stepSeconds, attention layers without exchanges", "s"),
              numberColumn(
                "feedForwardSeconds",
                "of stepSeconds, feed-forward layers without exchanges",
                "s",
              ),
              numberColumn("linkSeconds", "of stepSeconds, exchanges over NVLink", "s"),
              numberColumn("idealLinkSeconds", "of idealSeconds, exchanges over NVLink, no latencies", "s"),
              numberColumn("hbmSeconds", "bytes that a GPU reads and writes in the step, at HBM's peak", "s"),
              numberColumn(
                "exponentialSeconds",
                "exponentials of a GPU in the step, at the special function units' peak",
                "s",
              ),
            ],
            rows: racks,
            primaryKey: ["system", "variant"],
          },
        ],
        figures: { "co-design": perByteFigure(bytes) },
        findings: findings(bytes, pieces, racks),
        assumptions: [
          `${problems} problems a score, mean field, reader at its defaults; costs of ${model.name}'s dimensions, K and V in fp8, weights in nvfp4`,
          `bytes over NVLink: of a cache spread over all ${gpus} GPUs of the rack, all GPUs together`,
          "exchange of outputs: Helix, arXiv 2507.07120; exponentials and HBM are shares of the step, at peak rates",
        ],
      };
    },
  }),
});
