import type { Random } from "../core/random.ts";
import type { ReaderShape } from "./shape.ts";

/** A matrix or vector of the reader. */
export interface WeightPlan {
  readonly name: string;
  readonly shape: readonly number[];
  /** standard deviation of the first values; 0: all are `centre` */
  readonly spread: number;
  readonly centre: number;
  /** whether weight decay applies: to matrices alone */
  readonly decays: boolean;
}

/** Numbers of every weight by name. */
export type ReaderWeights = Readonly<Record<string, Float32Array>>;

/** Spread of the first weights (GPT-2's, as zoology has it: zoology/model.py, `_init_weights`). */
const firstSpread = 0.02;

/** Centre of the raw decay: softplus(-5) = .0067, a half-life of 103 tokens. It is learned from there. */
const firstDecay = -5;

/** The weights of a reader. The head that predicts symbols is the embedding itself, as in zoology. */
export function weightPlans(shape: ReaderShape): WeightPlan[] {
  const { vocabulary, positions, mixers, width, heads, convolution, expansion } = shape;
  const matrix = (name: string, rows: number, columns: number, spread = firstSpread): WeightPlan => ({
    name,
    shape: [rows, columns],
    spread,
    centre: 0,
    decays: true,
  });
  const vector = (name: string, size: number, centre: number): WeightPlan => ({
    name,
    shape: [size],
    spread: 0,
    centre,
    decays: false,
  });
  const norm = (name: string): WeightPlan[] => [
    vector(`${name}.scale`, width, 1),
    vector(`${name}.shift`, width, 0),
  ];
  // what is added to the residual stream begins smaller, by the square root of the number of additions
  const added = firstSpread / Math.sqrt(2 * mixers.length);
  const layers = mixers.flatMap((mixer, l) => [
    ...norm(`${l}.norm`),
    // beside the token itself, which passes unchanged: see `convolved`
    ...(convolution > 0 ? [{ ...matrix(`${l}.convolution`, convolution, width, 0.3), decays: false }] : []),
    ...["q", "k", "v"].map((name) => matrix(`${l}.${name}`, width, width)),
    ...(mixer === "gated-delta"
      ? [
          matrix(`${l}.decay`, width, heads),
          vector(`${l}.decay.bias`, heads, firstDecay),
          matrix(`${l}.strength`, width, heads),
          vector(`${l}.strength.bias`, heads, 0),
        ]
      : []),
    matrix(`${l}.out`, width, width, added),
    ...(expansion > 0
      ? [
          ...norm(`${l}.mlp.norm`),
          matrix(`${l}.mlp.in`, width, expansion * width),
          matrix(`${l}.mlp.out`, expansion * width, width, added),
        ]
      : []),
  ]);
  return [
    matrix("tokens", vocabulary, width),
    ...(positions > 0 ? [matrix("positions", positions, width)] : []),
    ...layers,
    ...norm("norm"),
  ];
}

/** Number of elements of a weight. */
export const sizeOf = ({ shape }: Pick<WeightPlan, "shape">): number => shape.reduce((a, b) => a * b, 1);

/** First values of the weights. Each has a stream of its own, named after it. */
export function firstWeights(shape: ReaderShape, random: Random): ReaderWeights {
  return Object.fromEntries(
    weightPlans(shape).map((plan) => {
      const stream = random.fork(plan.name);
      const draw = (): number => plan.centre + (plan.spread > 0 ? plan.spread * stream.normal() : 0);
      return [plan.name, Float32Array.from({ length: sizeOf(plan) }, draw)];
    }),
  );
}
