import {
  articleClaims,
  claimOf,
  defineChapter,
  factsOf,
  listText,
  noiseVerdict,
  reportedVerdict,
  signedPoints,
  standardError,
  thresholds,
  valuesOf,
  winsVerdict,
} from "../../src/experiments.ts";
import type { Evidence, Finding } from "../../src/experiments.ts";

/** Pairs in which the later score is higher, of all. */
const count = (pairs: readonly (readonly [number, number])[]) => ({
  wins: pairs.filter(([before, after]) => after > before).length,
  of: pairs.length,
});

/** The headline's count against the article's own list and against that of another page. */
function wins({ say }: Evidence): Finding {
  const claim = claimOf("headline-wins");
  const [, won, of] = /^(\d+) of (\d+)$/.exec(claim.derived) ?? [];
  const claimed = { wins: Number(won), of: Number(of) };
  const listed = articleClaims().filter(({ kind }) => kind === "benchmark");
  const lost = listed.filter((each) => valuesOf(each)![1] <= valuesOf(each)![0]);
  const own = listed.map((each) => valuesOf(each)!);
  const facts = factsOf(claim.id);
  const others = facts.map(({ value_before: a, value_after: b }) => [Number(a), Number(b)] as const);
  const [inList, withOthers] = [count(own), count([...own, ...others])];
  const long = articleClaims().filter(({ kind, derived }) => kind === "long-context" && derived !== "");
  const withLong = count([...own, ...long.map((each) => valuesOf(each)!)]);
  const text = (name: string, { wins: higher, of: all }: typeof inList): string =>
    say(`wins of GPT-5.5 ${name}`, `${higher} of ${all}`);
  return {
    claim: claim.id,
    verdict: winsVerdict(claimed, inList, withOthers),
    says: [
      `The article's list gives ${text("in the article's list", inList)}: GPT-5.5 does not win ${listText(lost.map((each) => each.claim))}. With the two long-context pairs it is ${text("with the long-context pairs", withLong)}.`,
      ...facts.map(
        ({ states, value_before: before, value_after: after }) =>
          `Another page adds ${states}, ${say(`GPT-5.4 on ${states}`, before)} to ${say(`GPT-5.5 on ${states}`, after)}; with it the count is ${text(`with ${states}`, withOthers)}.`,
      ),
    ].join(" "),
  };
}

/** Whether the one loss is noise. */
function loss({ say }: Evidence): Finding {
  const claim = claimOf("tau2-noise");
  const [before, after] = valuesOf(claim)!;
  const [fact] = factsOf(claim.id);
  const tasks = Number(fact!.value_before);
  const error = standardError(before, after, tasks);
  const verdict = noiseVerdict(before, after, tasks);
  return {
    claim: claim.id,
    verdict,
    says: `${say("figure of tau2", `${signedPoints(after - before)} pp`)} is ${verdict === "contradicted" ? "more" : "less"} than ${thresholds.noise} standard errors of the difference, ${say("95% bound of a difference on Tau2-bench Telecom", `${(thresholds.noise * error).toFixed(1)} pp`)} with ${say("tasks of Tau2-bench Telecom", String(tasks))} tasks.`,
  };
}

/** A date, by what other pages say. */
function date(id: string, { say }: Evidence): Finding {
  const facts = factsOf(id);
  const same = facts.filter(({ agrees }) => agrees === "yes");
  const otherwise = facts.filter(({ agrees }) => agrees === "no");
  return {
    claim: id,
    verdict: reportedVerdict(same.length, otherwise.length),
    says: `${say(`pages that confirm ${id}`, String(same.length))} other pages say the same, ${say(`pages that deny ${id}`, String(otherwise.length))} otherwise${otherwise.length === 0 ? "" : ` (${listText(otherwise.map(({ states }) => say(`another value of ${id}`, states)))})`}. A simulator cannot check it.`,
  };
}

/** The headline: a count, two dates, and what only a vendor knows. */
export const headline = defineChapter({
  name: "headline",
  title: "The headline: a count, two dates and a new base",
  tell(evidence) {
    const base = factsOf("retrained-base");
    const repeats = base.filter(({ agrees }) => agrees === "yes").length;
    const cited = ["headline-wins", "tau2-noise", "release-opus", "release-gpt", "retrained-base"].flatMap(
      factsOf,
    );
    return {
      findings: [
        wins(evidence),
        loss(evidence),
        date("release-opus", evidence),
        date("release-gpt", evidence),
        {
          claim: "retrained-base",
          verdict: "out of reach",
          says: `Only the vendor knows. ${evidence.say("pages that repeat the new base", String(repeats))} of ${evidence.say("pages about the new base", String(base.length))} pages looked up repeat it, and none could measure it.`,
        },
      ],
      text: [
        "Facts about vendors are looked up and not simulated: data/article-facts.csv has a row for each page. Pages that repeat each other are no independent evidence.",
      ],
      sources: cited.map(({ claim, states, source }) => ({
        title: `${new URL(source).host}: ${claimOf(claim).claim} (${states})`,
        url: source,
      })),
    };
  },
});
