import { formatLength } from "../../core/length.ts";
import { parseExpression } from "../../core/spec.ts";
import type { Expression, LayerGroup } from "../../core/spec.ts";
import { formatBytes, formatMean, formatNumber, formatSeconds, formatUnit } from "../../core/units.ts";
import { passAssumptions } from "../../hardware/pass/pass.ts";
import { engineRules } from "../../hardware/engine-rules/all.ts";
import { rackSettings } from "../../studies/racks/settings.ts";
import { unlikeKernels } from "../../studies/racks/unlike-kernels.ts";
import type { CardQuestion } from "../../studies/card/run.ts";
import type { Card, CardDecode, CardPrefill, CardRack, CardReserve } from "../../studies/card/result.ts";
import type { Sheet, SheetSection } from "./sheet.ts";

/** Cards as a sheet, a column for each. */
export function cardSheet(cards: readonly Card[], question: CardQuestion): Sheet {
  const names = cards.map(({ model }) => model);
  return {
    title: names.join(" and "),
    columns: names,
    sections: [
      modelSection(cards),
      cacheSection(cards),
      reserveSection(cards),
      ...rackSections(cards),
      foundSection(cards),
    ],
    notes: notesOf(cards, question),
  };
}

/** A row with a cell for each card. */
const row = (label: string, cards: readonly Card[], cell: (card: Card) => string): [string, ...string[]] => [
  label,
  ...cards.map(cell),
];

/** Rows of which at least one card has more than nothing to say. */
const told = (rows: readonly [string, ...string[]][]): [string, ...string[]][] =>
  rows.filter(([, ...cells]) => cells.some((cell) => cell !== "-"));

const modelSection = (cards: readonly Card[]): SheetSection => ({
  title: "model",
  rows: told([
    row("layers", cards, ({ attention }) => String(attention.reduce((sum, { layers }) => sum + layers, 0))),
    row("attention", cards, (card) => layersText(card)),
    row("feed-forward", cards, ({ feedForward }) =>
      feedForward
        .map(
          ({ layers, experts, perToken }) =>
            `${layers} x ${experts === 0 ? "dense" : `${perToken} of ${experts} experts`}`,
        )
        .join(", "),
    ),
    row("made for", cards, ({ longest }) => (longest === null ? "-" : `${longest} tokens`)),
    row("parameters", cards, ({ parameters }) => formatUnit(parameters, "")),
    row("active", cards, ({ active }) => formatUnit(active, "")),
    row("weights", cards, ({ weights }) =>
      weights.map(({ name, bytes }) => `${formatBytes(bytes)} (${name})`).join("; "),
    ),
  ]),
});

const bytesOrNone = (bytes: number): string => (bytes === 0 ? "-" : formatBytes(bytes));

const cacheSection = (cards: readonly Card[]): SheetSection => ({
  title: "cache of a sequence",
  rows: told([
    row("KV as", cards, ({ cache }) => cache.kvDtype),
    row("K and V a token", cards, ({ cache }) => bytesOrNone(cache.tokenBytes)),
    row("index a token", cards, ({ cache }) => bytesOrNone(cache.indexTokenBytes)),
    row("windows, fixed", cards, ({ cache }) => bytesOrNone(cache.windowBytes)),
    row("states, fixed", cards, ({ cache }) => bytesOrNone(cache.stateBytes - cache.convolutionBytes)),
    row("convolutions, fixed", cards, ({ cache }) => bytesOrNone(cache.convolutionBytes)),
  ]),
});

const reserveSection = (cards: readonly Card[]): SheetSection => ({
  title: "set aside for a sequence",
  rows: cards[0]!.reserves.map(({ rule }, r) =>
    row(rule, cards, (card) => reserveText(card, card.reserves[r]!)),
  ),
});

function reserveText({ reservedTokens }: Card, reserve: CardReserve): string {
  if ("unknown" in reserve) return "not known";
  const { fixed, slope, larger, bytes } = reserve;
  return `${formatBytes(fixed)} ${larger ? "or" : "+"} ${formatBytes(slope)} a token (${formatBytes(bytes)} at ${formatLength(reservedTokens)})`;
}

/** A section for each rack: users, and times by part, at each length. */
function rackSections(cards: readonly Card[]): SheetSection[] {
  const systems = [...new Set(cards.flatMap(({ racks }) => racks.map(({ system }) => system)))];
  return systems.map((system) => {
    const lengths = [...new Set(cards.flatMap(({ racks }) => racks.map(({ tokens }) => tokens)))];
    const of = (card: Card, tokens: number): CardRack | undefined =>
      card.racks.find((rack) => rack.system === system && rack.tokens === tokens);
    const cell =
      (tokens: number, text: (rack: CardRack) => string) =>
      (card: Card): string => {
        const rack = of(card, tokens);
        return rack === undefined ? "not made for it" : text(rack);
      };
    return {
      title: system,
      rows: lengths.flatMap((tokens) => {
        const at = formatLength(tokens);
        return [
          row(
            `${at}: users`,
            cards,
            cell(tokens, ({ users }) => formatNumber(users)),
          ),
          row(`${at}: TTFT`, cards, cell(tokens, prefillText)),
          row(`${at}: TPOT`, cards, cell(tokens, decodeText)),
        ];
      }),
    };
  });
}

/** Times by part as `1.2 s (attention 800 ms, ...)`; parts of no time are left out. */
function timesText(seconds: number, parts: Readonly<Record<string, number>>): string {
  const own = Object.entries(parts).filter(([, part]) => part > 0);
  return `${formatSeconds(seconds)} (${own.map(([part, time]) => `${part} ${formatSeconds(time)}`).join(", ")})`;
}

/** Seconds of the parts of a pass, by their names. */
const partsOf = (pass: CardDecode | CardPrefill): Readonly<Record<string, number>> => ({
  attention: pass.attentionSeconds,
  "feed-forward": pass.feedForwardSeconds,
  links: pass.linkSeconds,
  "output head": pass.headSeconds,
  waiting: pass.waitSeconds,
});

const prefillText = ({ prefill }: CardRack): string =>
  prefill === null ? "does not fit" : timesText(prefill.seconds, partsOf(prefill));

function decodeText({ decode }: CardRack): string {
  if (decode === null) return "does not fit";
  const { asked, users, tpotSeconds } = decode;
  const times = timesText(tpotSeconds, partsOf(decode));
  return users === asked ? times : `${times}, ${users} of ${asked} users`;
}

const foundSection = (cards: readonly Card[]): SheetSection => ({
  title: `finds: ${cards[0]!.found.task}`,
  rows: cards[0]!.found.scores.map(({ tokens }, i) =>
    row(formatLength(tokens), cards, ({ found }) => {
      const { own, dense } = found.scores[i]!;
      const text = [own, dense].map((estimate) => (estimate === null ? "-" : formatMean(estimate)));
      return `${text[0]!}; dense ${text[1]!}`;
    }),
  ),
});

/** Layers in words: `12 x (window 128, full)`. */
function layersText({ native, attention }: Card): string {
  const expression = parseExpression(native);
  const runs = expression.layers
    ? groupsText(expression.layers)
    : attention
        .map(
          ({ layers, kind, variant }) =>
            `${layers} x ${variant === null ? kind : variantText(parseExpression(variant))}`,
        )
        .join(", ");
  const unknown = attention.filter(({ variant }) => variant === null);
  return unknown.length === 0 || !expression.layers
    ? runs
    : `${runs}; beside them ${unknown.map(({ layers, kind }) => `${layers} x ${kind}`).join(", ")}`;
}

const groupsText = (groups: readonly LayerGroup[]): string => groups.map(groupText).join(", ");

function groupText({ times, of }: LayerGroup): string {
  const inner = isExpression(of) ? variantText(of) : `(${groupsText(of)})`;
  return times === 1 ? inner : `${times} x ${inner}`;
}

const isExpression = (of: LayerGroup["of"]): of is Expression => !Array.isArray(of);

/** A variant in the words of a layer plan: `full`, `window 128`, or its spec. */
function variantText({ name, args }: Expression): string {
  if (name === "dense") return "full";
  if (name === "sink-window" && args["sinks"] === "0") return `window ${args["window"] ?? ""}`;
  const params = Object.entries(args).map(([param, value]) => `${param}=${value}`);
  return params.length === 0 ? name : `${name}(${params.join(",")})`;
}

/** Lengths beyond those that a model was made for: left out, costed or scored all the same. */
function lengthNotes({ model, longest, beyond, racks, found }: Card): string[] {
  const limit = longest ?? Infinity;
  const said = (of: readonly { readonly tokens: number }[], text: (lengths: string) => string): string[] => {
    const lengths = [...new Set(of.map(({ tokens }) => tokens).filter((tokens) => tokens > limit))];
    return lengths.length === 0
      ? []
      : [`${model} was made for ${limit} tokens: ${text(lengths.map(formatLength).join(", "))}`];
  };
  return [
    ...said(
      beyond.map((tokens) => ({ tokens })),
      (lengths) => `users and times at ${lengths} left out; --beyond insists`,
    ),
    ...said(racks, (lengths) => `users and times at ${lengths} are those of a model made for more`),
    ...said(
      found.scores,
      (lengths) => `scores at ${lengths} are the mechanism's; the model was not trained there`,
    ),
  ];
}

/** Meanings of rows, and what they rest on. */
function notesOf(cards: readonly Card[], { users, found, racks }: CardQuestion): string[] {
  const lacking = cards.flatMap(({ model, found: { lacking } }) =>
    lacking === undefined ? [] : [`${model}: no scores of its attention: ${lacking}`],
  );
  const unknown = cards.flatMap(({ reserves }) =>
    reserves.flatMap((each) => ("unknown" in each ? [each.unknown] : [])),
  );
  const unread = cards.flatMap(({ model, unread: keys }) =>
    keys.length === 0 ? [] : [`keys of ${model} that were not understood: ${keys.join(", ")}`],
  );
  return [
    ...unread,
    ...cards.flatMap(lengthNotes),
    ...lacking,
    ...new Set(unknown),
    `set aside: ${Object.entries(engineRules)
      .map(([name, { summary }]) => `${name}: ${summary}`)
      .join("; ")}`,
    "users: those whose caches fit, on the division of the model that holds the most",
    "TTFT: time to compute one prompt alone, without a queue, on the division that makes it shortest",
    `TPOT: time of a token while ${users} users decode, or those who fit, on the division that makes it shortest`,
    `weights in ${racks.weights ?? "nvfp4, or fp8 if the GPU has no FP4; as shipped if that is 4 bits"}`,
    ...unlikeKernels(rackSettings({ ...racks, kvDtype: [racks.kvDtype] })),
    ...passAssumptions,
    `finds: mean score and 95% interval of ${found.trials} problems with the model's attention and with dense attention, ` +
      `${found.mode === "mean-field" ? "drawn in the mean field" : "in full numerics"}, by one reader: what the mechanism can find, no evidence about the model`,
  ];
}
