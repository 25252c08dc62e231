import type { VariantUse } from "../../attention/variant.ts";
import type { Random } from "../../core/random.ts";
import type { CountOutline, Outline, WalkOutline } from "../../tasks/outline.ts";
import type { Score } from "../../tasks/task.ts";
import { walkHops } from "../circuits/graph-walk.ts";
import type { DrawnSpelling } from "./drawn-spelling.ts";
import { scoreDrawnWalk } from "./drawn-graph.ts";

/** Families whose choice of tokens the mean field of keys that follow the text has: they choose by the query's own logits. */
const families = ["dense", "dynamic", "hierarchical", "static"];

/** The reason why a variant has no mean field where keys follow the text; undefined where it has one. */
export function whyNotOfText({ variant }: VariantUse): string | undefined {
  if (variant.layers) return variant.layers.map(whyNotOfText).find((reason) => reason !== undefined);
  return families.includes(variant.family)
    ? undefined
    : `${variant.name}: what a variant of the family ${variant.family} keeps of keys that follow the text is not worked out`;
}

/** Reads one problem with keys that follow the text, answer by answer. */
export const readDrawnText = (outline: Outline, spelling: DrawnSpelling, random: Random): Score =>
  outline.kind === "graph-walk"
    ? walkDrawnText(outline, spelling, random)
    : readDrawnReply(outline, spelling, random);

/** Walks a graph whose edges are listed one after another. */
function walkDrawnText(outline: WalkOutline, spelling: DrawnSpelling, random: Random): Score {
  const { tokens, head, tail, degree, backwards, recordTokens, spelledTokens } = outline;
  const records = tokens - head - tail;
  const drawing = random.fork("attention");
  const sight = {
    tokens,
    tail,
    gap: 1,
    run: backwards ? 1 : degree,
    recordShare: (records / tokens) * (recordTokens / (recordTokens + 1)),
  };
  /** Whether the end of an edge is read right. @param edges that the node has */
  const isRead = (edges: number, hop: number): boolean => {
    const distance = tail + drawing.uniform() * records;
    const places = Array.from({ length: Math.max(1, spelledTokens) }, (_, place) => place);
    return places.every((place) =>
      spelling.reads(
        {
          place,
          alike: place === 0 ? edges - 1 : 0,
          same: 0,
          outstanding: 0,
          distance,
          sight: { ...sight, asked: hop === 0 },
          step: hop,
        },
        drawing,
      ),
    );
  };
  return scoreDrawnWalk(outline, random, (edges, walk) =>
    walkHops(walk, (frontier, hop) =>
      frontier.flatMap((node) => {
        const ends = edges(node);
        return ends.filter(() => isRead(ends.length, hop));
      }),
    ),
  );
}

/** Reads the opening of one of the replies to identical requests. */
function readDrawnReply(outline: CountOutline, spelling: DrawnSpelling, random: Random): Score {
  const { tokens, head, requests, needles, requestTokens, responseTokens, alikeOpenings } = outline;
  const drawing = random.fork("attention");
  const sight = {
    tokens,
    tail: 0,
    gap: requestTokens,
    run: 1,
    asked: true,
    recordShare: (requests * responseTokens) / tokens,
  };
  const distance = drawing.uniform() * (tokens - head);
  let alike = needles - 1;
  const exact = alikeOpenings.every((share, place) => {
    // replies that still go on with the same token
    const next = (alikeOpenings[place + 1] ?? 0) / share;
    const same = Array.from({ length: alike }, () => drawing.uniform() < next).filter((goes) => goes).length;
    const ask = { place, alike, same, outstanding: 1, distance, sight, step: 1 };
    alike = same;
    return spelling.reads(ask, drawing);
  });
  return { score: exact ? 1 : 0, exact };
}
