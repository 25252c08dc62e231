import { attender } from "../../attention/attender.ts";
import type { Queries } from "../../attention/cache.ts";
import { layerOfStep } from "../../attention/layers.ts";
import { denseIn } from "../../attention/phase.ts";
import type { AttentionResult } from "../../attention/read.ts";
import type { VariantUse } from "../../attention/variant.ts";
import { dense } from "../../attention/variants/dense/dense.ts";
import { mean } from "../../core/stats.ts";
import { flat, rowsOf, zeros } from "../../core/tensor.ts";
import type { Choice } from "../../engines/choice.ts";
import type { Ops } from "../../engines/ops.ts";
import { watching } from "../../engines/watching.ts";
import type { Mechanism } from "../../reader/numerics/mechanism.ts";
import type { BatchLook, ReadWatch } from "../../reader/numerics/watch.ts";
import type { Projections } from "../../reader/reading.ts";
import type { Circuit, RecordSet } from "../../tasks/circuit.ts";
import { HeadChoices, rankScores } from "./ranks.ts";
import { reasonOf } from "./reason.ts";
import { otherMasses, recordAt, recordsRead } from "./record-map.ts";
import type { GoldView } from "./gold.ts";
import type { AnswerView, QueryView } from "./view.ts";

/** Answers of a query that are shown. */
const answersShown = 3;

/** A variant at work on a problem, and how much of it is looked at. */
export interface Viewed {
  readonly use: VariantUse;
  readonly circuit: Circuit;
  readonly ops: Ops;
  /** most queries to look at */
  readonly limit: number;
  /** one query head; absent: all of them */
  readonly head?: number | undefined;
}

/** A query as it is put together: its answers come after what it saw. */
type Growing = Omit<QueryView, "answers"> & { answers: readonly AnswerView[] };

/** Reads of one query head of one query. */
interface HeadSight {
  readonly head: number;
  readonly reads: (token: number) => boolean;
  readonly weights: Float64Array;
  readonly exact: Float64Array;
  readonly exactRanks: Float64Array;
  readonly choices: HeadChoices;
  readonly tokensRead: number;
}

/** Watches a variant at work, and takes down what its first queries read. */
export class Viewer implements ReadWatch {
  readonly queries: Growing[] = [];
  looked = 0;
  readonly #viewed: Viewed;
  #kept: Choice[] = [];
  #chosen: Choice[] = [];
  #latest: readonly Growing[] = [];

  constructor(viewed: Viewed) {
    this.#viewed = viewed;
  }

  /** The variant as a mechanism that this viewer watches. */
  mechanism(): Mechanism {
    const { use, ops } = this.#viewed;
    const watched = watching(ops, (choice) => {
      (choice.kind === "keep" ? this.#kept : this.#chosen).push(choice);
    });
    return {
      watch: this,
      over: (cache) => {
        this.#kept = [];
        const attend = attender(use, cache, watched);
        return (queries) => {
          this.#chosen = [];
          return attend(queries);
        };
      },
    };
  }

  saw(look: BatchLook): void {
    if ((look.read ?? 0) > 0) return;
    this.#latest = [];
    const asked = look.gold.flatMap((gold, i) => (gold === undefined ? [] : [i]));
    this.looked += asked.length;
    const shown = asked.slice(0, this.#viewed.limit - this.queries.length);
    if (shown.length === 0) return;
    const { cache, queries, result } = look;
    const use = { ...this.#viewed.use, variant: dense, params: {} };
    const exact = attender(
      use,
      { ...cache, afterPrefill: undefined },
      this.#viewed.ops,
    )(selected(queries, shown));
    this.#latest = shown.map((i, at) => {
      const sights = this.#heads(queries, cache.heads.length).map(({ head, h, g }) =>
        this.#sight(
          { head, h, row: i * queries.group + g, query: i, end: queries.positions[i]! + 1 },
          result,
          {
            result: exact,
            row: at * queries.group + g,
          },
        ),
      );
      return this.#queryOf(look, i, sights);
    });
    this.queries.push(...this.#latest);
  }

  answered(answers: readonly Projections[], nameOf: (candidate: number) => string): void {
    this.#latest.forEach((query, at) => {
      const { candidates, values } = answers[at]!;
      query.answers = Array.from(values.keys())
        .sort((a, b) => values[b]! - values[a]!)
        .slice(0, answersShown)
        .map((c) => ({ name: nameOf(candidates[c]!), projection: values[c]! }));
    });
  }

  /** Query heads that are looked at: head g of kv head h. */
  #heads({ group }: Queries, kvHeads: number): { head: number; h: number; g: number }[] {
    const all = Array.from({ length: kvHeads * group }, (_, head) => ({
      head,
      h: Math.floor(head / group),
      g: head % group,
    }));
    return this.#viewed.head === undefined ? all : all.filter(({ head }) => head === this.#viewed.head);
  }

  #sight(
    { head, h, row, query, end }: { head: number; h: number; row: number; query: number; end: number },
    result: AttentionResult,
    exact: { readonly result: AttentionResult; readonly row: number },
  ): HeadSight {
    const all = Int32Array.from({ length: end }, (_, t) => t);
    const own = result.heads[h]!;
    const weightsExact = exact.result.heads[h]!.weights(exact.row, all);
    const isOwn = (choice: Choice): boolean =>
      (choice.head ?? h) === h && (choice.kind === "keep" || choice.row === (choice.grouped ? query : row));
    return {
      head,
      reads: (token) => own.reads(row, token),
      weights: own.weights(row, all),
      exact: weightsExact,
      exactRanks: rankScores(weightsExact),
      choices: new HeadChoices([...this.#kept, ...this.#chosen].filter(isOwn)),
      tokensRead: own.tokensRead(row),
    };
  }

  #queryOf({ queries, gold: golds, nameOf }: BatchLook, i: number, sights: readonly HeadSight[]): Growing {
    const { use, circuit } = this.#viewed;
    const position = queries.positions[i]!;
    const { phase, step = 0 } = queries;
    const records = recordsRead(circuit, phase);
    const over = <T>(of: (token: number) => T): T[] => Array.from({ length: position + 1 }, (_, t) => of(t));
    const read = Float64Array.from(over((t) => mean(sights.map(({ reads }) => (reads(t) ? 1 : 0)))));
    const weights = Float64Array.from(over((t) => mean(sights.map((sight) => sight.weights[t]!))));
    const ranked = over((t) =>
      sights.map(({ choices }) => choices.rankOf(t)).filter((rank) => rank !== undefined),
    );
    const meanOf = (of: readonly number[]): number => (of.length === 0 ? NaN : mean(of));
    const gold = [...Array.from(golds[i]!)].sort((a, b) => a - b).map((at) => goldOf(at, sights, records));
    const massOf = (of: (sight: HeadSight) => Float64Array): number =>
      mean(sights.map((sight) => gold.reduce((sum, each) => sum + of(sight)[each.position]!, 0)));
    const pairs = gold.flatMap(({ heads }) => heads);
    const recall = pairs.length === 0 ? 0 : mean(pairs.map((pair) => (pair.read ? 1 : 0)));
    const [goldMass, exactGoldMass] = [massOf((sight) => sight.weights), massOf(({ exact }) => exact)];
    const others = otherMasses(records, new Set(gold.map((each) => each.position)), {
      read,
      weights,
    });
    const l = use.variant.layers && layerOfStep(use.variant.layers, step);
    const layered = l === undefined ? use.variant : use.variant.layers![l]!.variant;
    const variant = denseIn(layered, phase) ? dense : layered;
    const found = gold.length > 0;
    return {
      step,
      phase,
      name: nameOf(i),
      position,
      read,
      weights,
      scores: Float64Array.from(ranked, (own) => meanOf(own.map(({ score }) => score))),
      ranks: Float64Array.from(ranked, (own) => meanOf(own.map(({ rank }) => rank))),
      tokensRead: mean(sights.map(({ tokensRead }) => tokensRead)),
      gold,
      recall: found ? recall : null,
      goldMass: found ? goldMass : null,
      exactGoldMass: found ? exactGoldMass : null,
      reason: reasonOf({ variant, position, gold, read, weights, recall, goldMass, exactGoldMass, others }),
      answers: [],
    };
  }
}

const goldOf = (position: number, sights: readonly HeadSight[], records: RecordSet): GoldView => ({
  position,
  from: records.start[recordAt(records, position)] ?? position,
  heads: sights.map(({ head, reads, weights, exact, exactRanks, choices }) => {
    const choice = choices.rankOf(position);
    return {
      head,
      read: reads(position),
      weight: weights[position]!,
      exactWeight: exact[position]!,
      exactRank: exactRanks[position]!,
      ...(choice && { choice }),
    };
  }),
});

/** Some of a batch's queries. */
function selected(queries: Queries, chosen: readonly number[]): Queries {
  const { group } = queries;
  return {
    ...queries,
    count: chosen.length,
    positions: Int32Array.from(chosen, (i) => queries.positions[i]!),
    heads: queries.heads.map((rows) => {
      const width = rows.shape[1]!;
      const out = zeros(chosen.length * group, width);
      chosen.forEach((i, at) => {
        flat(out).set(flat(rowsOf(rows, i * group, (i + 1) * group)), at * group * width);
      });
      return out;
    }),
  };
}
