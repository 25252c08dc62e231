import { describe, expect, it } from "vitest";
import {
  adviceVerdict,
  boundVerdict,
  compare,
  derivedVerdict,
  directionOf,
  disagrees,
  explains,
  explanationVerdict,
  fails,
  finds,
  isNear,
  leadVerdict,
  noiseVerdict,
  overlap,
  pairVerdict,
  planningVerdict,
  rackVerdict,
  reportedVerdict,
  ruleTexts,
  standardError,
  thresholds,
  tradeOf,
  waitVerdict,
  windowVerdict,
  winsVerdict,
} from "../../src/studies/rules.ts";

const rise = { low: 0.01, high: 0.2, mean: 0.1 };
const unclear = { low: -0.01, high: 0.2, mean: 0.1 };

describe("words", () => {
  it("call alike what differs by 10% or less", () => {
    expect(compare(22, 20)).toBe("alike");
    expect(compare(22.1, 20)).toBe("more");
    expect(compare(18, 20)).toBe("alike");
    expect(compare(17.9, 20)).toBe("less");
    expect(compare(0, 0)).toBe("alike");
    expect(compare(347, 282, 0)).toBe("more");
  });

  it("say a direction only where the interval leaves out 0", () => {
    expect(directionOf({ low: 0.001, high: 1 })).toBe("rises");
    expect(directionOf({ low: 0, high: 1 })).toBe("unclear");
    expect(directionOf({ low: -1, high: 0 })).toBe("unclear");
    expect(directionOf({ low: -1, high: -0.001 })).toBe("falls");
  });

  it("tell intervals apart", () => {
    expect(overlap({ low: 1, high: 2 }, { low: 2, high: 3 })).toBe(true);
    expect(overlap({ low: 1, high: 2 }, { low: 2.1, high: 3 })).toBe(false);
    expect(overlap({ low: 2.1, high: 3 }, { low: 1, high: 2 })).toBe(false);
  });

  it("call scores near within .1", () => {
    expect([isNear(0.95, 0.855), isNear(0.95, 0.625), isNear(0.625, 0.72)]).toEqual([true, false, true]);
  });

  it("say whether a gain explains a published one: half of it, with its whole interval above 0", () => {
    expect(explains(rise, 0.2)).toBe(true);
    expect(explains(rise, 0.201)).toBe(false);
    expect(explains(unclear, 0.1)).toBe(false);
  });

  it("say when a score finds and when it fails", () => {
    expect([finds(0.75), finds(0.749), fails(0.099), fails(0.1)]).toEqual([true, false, true, false]);
  });
});

describe("verdicts", () => {
  it("disagree in two ways", () => {
    expect(disagrees("contradicted")).toBe(true);
    expect(disagrees("unsupported")).toBe(true);
    expect(disagrees("plausible")).toBe(false);
    expect(disagrees("out of reach")).toBe(false);
  });

  it("on a derived figure", () => {
    expect(derivedVerdict("3.4x", "3.4x")).toBe("arithmetic holds");
    expect(derivedVerdict("3.5x", "3.4x")).toBe("contradicted");
  });

  it("on a lead", () => {
    expect(leadVerdict("+5.5 pp", "+5.5 pp", undefined)).toBe("arithmetic holds");
    expect(leadVerdict("+5.5 pp", "+5.5 pp", 0)).toBe("arithmetic holds");
    expect(leadVerdict("+5.5 pp", "+5.5 pp", -0.1)).toBe("unsupported");
    expect(leadVerdict("+5.4 pp", "+5.5 pp", -0.1)).toBe("contradicted");
  });

  it("on a pair", () => {
    expect(pairVerdict("f1", "f1")).toBe("arithmetic holds");
    expect(pairVerdict("other", "f1")).toBe("contradicted");
  });

  it("on a count of wins", () => {
    const claimed = { wins: 9, of: 10 };
    const [less, none] = [
      { wins: 8, of: 9 },
      { wins: 8, of: 10 },
    ];
    expect(winsVerdict(claimed, claimed, none)).toBe("arithmetic holds");
    expect(winsVerdict(claimed, less, claimed)).toBe("unsupported");
    expect(winsVerdict(claimed, less, none)).toBe("contradicted");
  });

  it("on noise: 1.96 standard errors of two shares", () => {
    // two shares of 1/2 of 100 tasks: sqrt(2 x 50 x 50 / 100) points
    expect(standardError(50, 50, 100)).toBeCloseTo(Math.sqrt(50), 12);
    const at = (loss: number) => noiseVerdict(50 + loss / 2, 50 - loss / 2, 100);
    expect(at(13.6)).toBe("arithmetic holds");
    expect(at(14.1)).toBe("contradicted");
  });

  it("on what other pages say", () => {
    expect(reportedVerdict(2, 1)).toBe("reported elsewhere");
    expect(reportedVerdict(1, 0)).toBe("out of reach");
    expect(reportedVerdict(2, 2)).toBe("out of reach");
    expect(reportedVerdict(2, 3)).toBe("contradicted");
  });

  it("on an explanation", () => {
    const asked = { gain: rise, published: 0.2, unchangedError: 20, changedError: 19 };
    expect(explanationVerdict(asked)).toBe("plausible");
    expect(explanationVerdict({ ...asked, published: 0.21 })).toBe("unsupported");
    expect(explanationVerdict({ ...asked, gain: unclear })).toBe("unsupported");
    expect(explanationVerdict({ ...asked, changedError: 20 })).toBe("contradicted");
    expect(explanationVerdict({ ...asked, gain: { low: -1, high: 0, mean: -0.5 } })).toBe("contradicted");
  });

  it("on an attention shaped to a rack", () => {
    const trade = { gain: rise, step: 8.9, denseStep: 10, users: 100, denseUsers: 100 };
    expect(tradeOf(trade)).toEqual({ findsMore: true, isFaster: true, holdsAsMany: true });
    expect(rackVerdict([trade])).toBe("plausible");
    expect(rackVerdict([{ ...trade, step: 9 }])).toBe("unsupported");
    expect(rackVerdict([{ ...trade, users: 99 }])).toBe("unsupported");
    // 21.9 against 22.3 ms, and 282 users in place of 347
    expect(rackVerdict([{ gain: rise, step: 21.9, denseStep: 22.3, users: 282, denseUsers: 347 }])).toBe(
      "unsupported",
    );
    expect(rackVerdict([{ ...trade, gain: unclear }])).toBe("contradicted");
    // one does what another does not: none does all
    expect(
      rackVerdict([
        { ...trade, users: 99 },
        { ...trade, gain: unclear },
      ]),
    ).toBe("unsupported");
  });

  it("on planning", () => {
    expect(planningVerdict(rise, 50, 100)).toBe("plausible");
    expect(planningVerdict(rise, 49, 100)).toBe("unsupported");
    expect(planningVerdict(unclear, 49, 100)).toBe("contradicted");
  });

  it("on a window", () => {
    expect(windowVerdict([1, 2])).toBe("plausible");
    expect(windowVerdict([0, 2])).toBe("contradicted");
  });

  it("on a bound", () => {
    expect(boundVerdict([1, 10], 10)).toBe("out of reach");
    expect(boundVerdict([1, 10.1], 10)).toBe("contradicted");
  });

  it("on advice", () => {
    expect(adviceVerdict([1, 2])).toBe("arithmetic holds");
    expect(adviceVerdict([1, 0])).toBe("unsupported");
    expect(adviceVerdict([0, -1])).toBe("contradicted");
    expect(waitVerdict(0.5, 0.5)).toBe("plausible");
    expect(waitVerdict(0.5, 0.51)).toBe("unsupported");
  });
});

it("the rules in words name their thresholds", () => {
  const text = ruleTexts.join("\n");
  for (const shown of [
    `${thresholds.noise} standard errors`,
    `${thresholds.pages} other pages`,
    "at least 50% of the published gain",
    "more than 10% shorter",
    "at least 50% of the tokens saved",
    "within 10% of each other",
    "within .10 near",
    "at least .75",
    "below .10",
  ])
    expect(text).toContain(shown);
});
