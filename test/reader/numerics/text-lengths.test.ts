import { describe, expect, it } from "vitest";
import { mean, variance } from "../../../src/core/stats.ts";
import { dot, norm, rowNumbers } from "../../../src/core/tensor.ts";
import { loadEngine } from "../../../src/engines/registry.ts";
import { parseGeometry } from "../../../src/reader/geometry/geometry.ts";
import { tokenKind } from "../../../src/reader/geometry/stream.ts";
import { embedText } from "../../../src/reader/numerics/text-records.ts";
import { headSpaces } from "../../../src/reader/numerics/workspace.ts";
import { resolveReader } from "../../../src/reader/params.ts";
import { drawProblem, parseTask } from "../../../src/tasks/spec.ts";
import { makeTrial } from "../../../src/trial/make-trial.ts";
import { runTrials } from "../../../src/trial/run.ts";

const ops = await loadEngine("wasm", { threads: 1 });

/** The geometry without lengths of keys and values, as it was before it had any. */
const noLengths = "aversion=0,familiar=0,modest=0,sink=0,idle=0,drain=0,divide=1,seldom=0,waver=0";
const before = `${noLengths},context=.15,gather=3,glance=.1,locality=16,reach=${500_000 ** (7 / 8)}`;

function embedded(geometry: string, task = "niah_single_2") {
  const problem = drawProblem(parseTask(`ruler(task=${task})`), { tokens: 2048, seed: 0, index: 0 });
  const { circuit, tokens } = problem;
  if (circuit.kind !== "retrieve") throw new Error("a retrieval");
  const params = resolveReader({ kvHeads: 2, sharpness: 5, geometry });
  const workspace = {
    ops,
    params,
    seed: "s",
    tokens,
    spaces: headSpaces(ops, 2),
    measure: <T>(_: string, work: () => T) => work(),
  };
  const { records, contextEnd } = circuit;
  return embedText(
    workspace,
    { problem, records, contextEnd, geometry: parseGeometry(geometry).text! },
    () => [{ subject: [{ weight: 1, feature: 0 }] }],
  );
}

type Embedded = ReturnType<typeof embedded>;

const key = ({ cache }: Embedded, token: number) => rowNumbers(cache.heads[1]!.keys.tensor, token);
const value = ({ cache }: Embedded, token: number) => rowNumbers(cache.heads[1]!.values.tensor, token);

/** Mean over tokens that `of` says yes to. */
const meanOver = (
  text: Embedded,
  of: (token: number) => boolean,
  number: (token: number) => number,
): number =>
  mean(
    Array.from({ length: text.cache.tokens - 1 }, (_, i) => i + 1)
      .filter(of)
      .map(number),
  );

const keyLength =
  (text: Embedded) =>
  (token: number): number =>
    norm(key(text, token));

const scoreOf = (variant: string, geometry: string): number => {
  const trial = makeTrial({
    task: "ruler(task=niah_single_2)",
    variant,
    tokens: 4096,
    reader: { kvHeads: 8, sharpness: 5, geometry },
  });
  let score = -1;
  runTrials([trial], { ops, onRow: (_, row) => (score = row.score!) });
  return score;
};

describe("lengths of keys and values that follow the text", () => {
  it("are off at the values that leave the geometry as it was without them", () => {
    const text = embedded(`text(${before})`);
    const place = text.prompt.place.indexOf(0);
    const { heads } = text.cache.observed(8, false);
    const ask = {
      subject: text.prompt.subjects[0]!,
      context: { number: text.prompt.stream.contexts.of[place]!, share: 0.4 },
    };
    const asked = rowNumbers(text.asking([ask])[1]!, 0);
    const numbers = [0, 100, place].flatMap((t) => [
      dot(rowNumbers(heads[1]!, 7), key(text, t)),
      dot(rowNumbers(heads[1]!, 3), key(text, t)),
      dot(asked, key(text, t)),
      dot(key(text, t), key(text, t)),
      dot(value(text, t), value(text, t)),
    ]);
    // computed by the geometry before it had lengths
    [
      40.03861015819923, 19.766489223118946, 5.464729217551181, 115.75402854317277, 134.98317657072198,
      30.20521054473874, 8.020395354748523, 11.942287103117074, 135.45031778494965, 139.5456493313461,
      27.055399640001575, 21.371622018501988, 57.16573173415613, 143.9870440020854, 154.48574585849923,
    ].forEach((number, i) => expect(numbers[i]).toBeCloseTo(number, 9));
    expect(text.idle).toBeUndefined();
  });

  // a head's memory is that of the latest prompt, so that numbers are taken before another one is embedded
  it("make familiar tokens long along the mean of all keys", () => {
    const lengthOf = (familiar: number, isKnown: boolean): number => {
      const geometry = `text(${before.replace("familiar=0", `familiar=${familiar}`)})`;
      const text = embedded(geometry, "niah_single_1");
      const { contexts, pieces } = text.prompt.stream;
      const first = (t: number): number =>
        contexts.of.findIndex((context, s) => context === contexts.of[t] && pieces.of[s] === pieces.of[t]);
      return meanOver(text, (t) => t > 1500 && first(t) < t === isKnown, keyLength(text));
    };
    expect(lengthOf(0.3, true)).toBeGreaterThan(lengthOf(0, true) + 0.5);
    expect(lengthOf(0.3, false)).toBeCloseTo(lengthOf(0, false), 6);
  });

  it("make the mean short in keys that stand out, and these keys with it", () => {
    const ofAnswers = (modest: number): { length: number; along: number } => {
      const text = embedded(`text(${before.replace("modest=0", `modest=${modest}`)})`);
      const own = (t: number): boolean => text.prompt.place[t]! >= 0;
      const { mean: common } = text.heads[1]!.codes;
      return {
        length: meanOver(text, own, keyLength(text)),
        along: meanOver(text, own, (t) => dot(key(text, t), common) / dot(common, common)),
      };
    };
    const [on, off] = [ofAnswers(0.3), ofAnswers(0)];
    expect(on.length).toBeLessThan(off.length - 0.5);
    expect(on.along).toBeCloseTo(off.along - 0.3, 1);
  });

  it("take from a key for the mean, in every query, and give to a first token that lies against it", () => {
    const still = "gather=0,induction=0,unrest=0,locality=0,headSpread=0,glance=0";
    const text = embedded(
      `text(${noLengths.replace("aversion=0", "aversion=5").replace("sink=0", "sink=1.5")},${still})`,
    );
    const { heads, scale } = text.cache.observed(8, false);
    const logit = (t: number): number => scale * dot(rowNumbers(heads[1]!, 2), key(text, t));
    expect(meanOver(text, () => true, logit)).toBeCloseTo(-5, 0);
    expect(logit(0)).toBeCloseTo(7.5, 4);
    const asked = rowNumbers(text.asking([{ subject: text.prompt.subjects[0]! }])[1]!, 0);
    expect(scale * dot(asked, key(text, 0))).toBeGreaterThan(5);
    expect(keyLength(text)(0)).toBeLessThan(meanOver(text, () => true, keyLength(text)));
    expect(norm(value(text, 0))).toBe(0);
  });

  it("make values of words and marks short", () => {
    const ofKinds = (drain: number): number[] => {
      const text = embedded(`text(${before.replace("drain=0", `drain=${drain}`)})`);
      const { kind } = text.prompt.stream;
      const tokens = [
        text.prompt.place.indexOf(0),
        kind.indexOf(tokenKind.word),
        kind.indexOf(tokenKind.mark),
      ];
      return tokens.map((t) => norm(value(text, t)));
    };
    const [on, off] = [ofKinds(0.2), ofKinds(0)];
    [1, 0.8, 0.64].forEach((share, i) => expect(on[i]! / off[i]!).toBeCloseTo(share, 5));
  });

  it("let the position channels of keys waver", () => {
    const spread = (waver: number): number => {
      const text = embedded(`text(${before.replace("waver=0", `waver=${waver}`)})`);
      // the slowest frequency hardly turns in 1,800 tokens
      return Math.sqrt(variance(Array.from({ length: 1800 }, (_, t) => key(text, t)[126]!)));
    };
    expect(spread(0)).toBeLessThan(0.01);
    expect(spread(0.25)).toBeGreaterThan(0.2);
    expect(spread(0.25)).toBeLessThan(0.3);
  });

  it("divide what a long word stands out by the faster, the larger `divide` is", () => {
    const standing = (divide: number): number => {
      const text = embedded(`text(${before.replace("divide=1", `divide=${divide}`)})`, "niah_single_3");
      return meanOver(
        text,
        (t) => text.prompt.place[t]! >= 0,
        (t) => text.prompt.salience[t]!,
      );
    };
    expect(standing(1.5)).toBeLessThan(standing(1) - 0.5);
    expect(standing(0)).toBeGreaterThan(standing(1) + 0.5);
  });
});

describe("queries that look for what stands out", () => {
  it("are as many as `seldom` says, beside the last one", () => {
    const looking = (seldom: number): number => {
      const still = `${noLengths.replace("seldom=0", `seldom=${seldom}`)},glance=0,induction=0,unrest=0,locality=0`;
      const text = embedded(`text(${still},headSpread=0)`);
      const { heads } = text.cache.observed(400, false);
      const { outstanding } = text.heads[0]!.codes;
      return Array.from({ length: 400 }, (_, i) => dot(rowNumbers(heads[0]!, i), outstanding)).filter(
        (along) => along > 0.1,
      ).length;
    };
    expect(looking(0)).toBe(1);
    expect(looking(0.1)).toBeGreaterThan(20);
    expect(looking(0.1)).toBeLessThan(65);
    expect(looking(1)).toBe(400);
  });
});

describe("idle heads", () => {
  const rests = noLengths.replace("aversion=0", "aversion=8").replace("sink=0", "sink=1.5");

  it("write nothing unusual with dense attention, and disturb where their first token is gone", () => {
    const disturbed = rests.replace("idle=0", "idle=1000");
    expect(scoreOf("dense", `text(${disturbed})`)).toBe(1);
    expect(scoreOf("sink-window(sinks=4,window=4092)", `text(${disturbed})`)).toBe(1);
    expect(scoreOf("sink-window(sinks=0,window=3900)", `text(${rests})`)).toBe(1);
    expect(scoreOf("sink-window(sinks=0,window=3900)", `text(${disturbed})`)).toBe(0);
  });
});
