import type { Column } from "../../core/table.ts";
import {
  billOf,
  breakEvenPrompt,
  breakEvenReduction,
  breakEvenSurface,
  change,
  firstAnswerSeconds,
  hiddenTokens,
} from "./bill.ts";
import type { Bill, Side, SurfaceAxes, SurfacePoint } from "./bill.ts";
import { breakEvenFigure } from "./figure.ts";
import { writeTables } from "../../runs/tables.ts";

/** One task with two models, and the waits that hidden tokens are to explain. */
export interface EconomicsQuestion {
  readonly before: Side;
  readonly after: Side;
  /** seconds to the first token without hidden tokens before it */
  readonly ttft: number;
  /** seconds to the first token of the answer that are to be explained */
  readonly firstToken: number;
  /** seconds of an output token */
  readonly tpot: number;
  readonly axes: SurfaceAxes;
}

/** What the two models cost and how long the first word of their answers takes. */
export interface Economics {
  readonly before: Bill;
  readonly after: Bill;
  /** after / before - 1 of prices, tokens and costs; null of nothing */
  readonly changes: Readonly<
    Record<"inputPrice" | "outputPrice" | "outputTokens" | "outputCost" | "totalCost", number | null>
  >;
  /** share of the cost that is the prompt's */
  readonly inputShare: { readonly before: number; readonly after: number };
  readonly breakEven: {
    /** share by which output tokens must fall for the costs to be the same */
    readonly reduction: number;
    /** prompt tokens for each output token of `before`, from which on `after` costs more; null for none */
    readonly promptPerOutput: number | null;
  };
  readonly firstAnswer: {
    /** seconds, with the hidden tokens that were asked for */
    readonly before: number;
    readonly after: number;
    /** hidden tokens that fit into the wait to be explained */
    readonly hiddenTokens: number;
    /** seconds that the output tokens saved would take, were they hidden and not left out */
    readonly savedAsHidden: number;
  };
  readonly surface: readonly SurfacePoint[];
}

const changed = (before: number, after: number): number | null => (before > 0 ? change(before, after) : null);

export function economicsOf(question: EconomicsQuestion): Economics {
  const { before, after, ttft, firstToken, tpot, axes } = question;
  const [from, to] = [billOf(before.tokens, before.prices), billOf(after.tokens, after.prices)];
  const spent = ({ tokens }: Side): number => tokens.output + tokens.think;
  const prompt = breakEvenPrompt(before, after);
  return {
    before: from,
    after: to,
    changes: {
      inputPrice: changed(before.prices.input, after.prices.input),
      outputPrice: changed(before.prices.output, after.prices.output),
      outputTokens: changed(spent(before), spent(after)),
      outputCost: changed(from.output + from.think, to.output + to.think),
      totalCost: changed(from.total, to.total),
    },
    inputShare: { before: promptShare(from), after: promptShare(to) },
    breakEven: {
      reduction: breakEvenReduction(before, after),
      promptPerOutput: Number.isFinite(prompt) ? prompt : null,
    },
    firstAnswer: {
      before: firstAnswerSeconds(ttft, tpot, before.tokens.think),
      after: firstAnswerSeconds(ttft, tpot, after.tokens.think),
      hiddenTokens: hiddenTokens(Math.max(0, firstToken - ttft), tpot),
      savedAsHidden: firstAnswerSeconds(ttft, tpot, Math.max(0, spent(before) - spent(after))),
    },
    surface: breakEvenSurface(before.prices, axes),
  };
}

const promptShare = ({ input, cachedInput, total }: Bill): number =>
  total > 0 ? (input + cachedInput) / total : 0;

const columns: readonly Column[] = [
  {
    name: "priceRatio",
    type: "number",
    doc: "price of the dearer model over the cheaper one's, input and output",
  },
  {
    name: "promptPerOutput",
    type: "number",
    doc: "prompt tokens for each output token of the cheaper model",
  },
  { name: "cachedShare", type: "number", doc: "share of the prompt that a cache serves" },
  { name: "reduction", type: "number", doc: "share of the output tokens that the dearer model saves" },
  {
    name: "costChange",
    type: "number",
    doc: "cost of a task with the dearer model over the cheaper one's, less 1",
  },
  { name: "breakEven", type: "number", doc: "reduction at which both cost the same; over 1 where none does" },
];

/** Prompts that a surface is drawn over: 0.1 to 100 tokens for each output token. */
export const promptsPerOutput: readonly number[] = Array.from({ length: 31 }, (_, i) =>
  Number((10 ** (i / 10 - 1)).toPrecision(4)),
);

/** Writes the surface as CSV and as a figure. Returns the figure's paths. */
export const writeSurface = (
  folder: string,
  { surface }: Economics,
  reduction: number,
  manifest: object,
): Promise<string[]> =>
  writeTables(folder, {
    name: "economics",
    question: "When does a dearer model that answers in fewer tokens cost less?",
    tables: [
      {
        name: "data",
        title: "one row a point of the surface",
        columns,
        rows: surface.map((point) => ({ ...point })),
        primaryKey: ["priceRatio", "promptPerOutput", "cachedShare", "reduction"],
      },
    ],
    figures: { "break-even": breakEvenFigure(surface, reduction) },
    manifest,
  });
