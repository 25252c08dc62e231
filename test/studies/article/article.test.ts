import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { chapters } from "../../../experiments/article/all.ts";
import { groupBy } from "../../../src/core/group.ts";
import {
  claimOf,
  derivedFigure,
  leadElsewhere,
  leadOf,
  valuesOf,
} from "../../../src/studies/article/claims.ts";
import { numbersCsv } from "../../../src/studies/article/numbers.ts";
import type { SaidNumber } from "../../../src/studies/article/numbers.ts";
import { onRack } from "../../../src/studies/article/rack.ts";
import { disagrees, ruleTexts } from "../../../src/studies/rules.ts";
import { trialId } from "../../../src/trial/trial.ts";
import type { Chapter, Evidence } from "../../../src/studies/article/chapter.ts";
import { readTextReader } from "../../../src/studies/article/text-reader.ts";
import { readExplanation } from "../../../src/studies/article/explanation.ts";
import { formatMean } from "../../../src/core/units.ts";
import { numericsDepartures } from "../../../src/studies/article/departures.ts";
import { evidenceOf, numericsTables, trialsOf } from "../../../src/studies/article/evidence.ts";
import { htmlReport, inlineSvg } from "../../../src/studies/article/page.ts";
import { markdownReport } from "../../../src/studies/article/report.ts";
import { articleClaims, publishedScores } from "../../../src/files/published.ts";
import { meanFieldRow } from "../../../src/trial/mean-field.ts";
import { makeTrial } from "../../../src/trial/make-trial.ts";
import type { MeanFieldTrial } from "../../../src/trial/trial.ts";

const hasNumbers = (kind: string): boolean => !["speculation", "vendor", "advice", "headline"].includes(kind);

describe("the article's figures", () => {
  it.each(articleClaims().filter(({ kind, derived }) => derived !== "" && hasNumbers(kind)))(
    "$id: $derived",
    (claim) => {
      expect(derivedFigure(claim)).toBe(claim.derived);
    },
  );

  it("have two numbers each, but for speculations, facts about vendors, advice and the headline's count", () => {
    for (const claim of articleClaims())
      expect([claim.id, valuesOf(claim) !== undefined]).toEqual([
        claim.id,
        hasNumbers(claim.kind) || claim.id === "tau2-noise",
      ]);
  });

  it("have another lead where another page gives another score", () => {
    const of = (id: string) => leadElsewhere(claimOf(id));
    // 79.1 in place of 77.3 against 75.3
    expect(of("lead-mcp-atlas")).toBeCloseTo(3.8, 10);
    // 31.2 and 40.6 on one page: the other model leads
    expect(of("lead-hle")).toBeCloseTo(-9.4, 10);
    expect(of("lead-gpqa")).toBeUndefined();
    expect(leadOf(claimOf("lead-terminal-bench"))).toBeCloseTo(13.3, 10);
    expect(leadOf(claimOf("lead-hle"))).toBeCloseTo(-5.5, 10);
  });

  it("follow from the numbers: others give another figure", () => {
    const [claim] = articleClaims().filter(({ id }) => id === "net-output-cost");
    expect(derivedFigure({ ...claim!, value_after: "0.09" })).toBe("-40 percent");
    expect(derivedFigure({ ...claim!, derived: "+1.00x", value_after: "0.09" })).toBe("1.67x");
  });
});

const rows = ["4K", "8K"].flatMap((tokens) =>
  ["graphwalks", "mrcr(needles=8)"].flatMap((task) =>
    tokens === "4K" && task !== "graphwalks"
      ? []
      : [meanFieldRow(makeTrial({ task, variant: "dense", tokens, mode: "mean-field" }))],
  ),
);

/** Scores by variant and reads, whatever the task. */
type ScoreOf = (variant: string, reads: number) => number;

const evidence = (scoreOf: ScoreOf, numbers: SaidNumber[] = [], chapter = ""): Evidence => ({
  published: publishedScores(),
  rows: (numerics = false) => (numerics ? [] : rows),
  score: ({ variant, reads = 1 }) => {
    const mean = scoreOf(variant, reads);
    return { mean, low: mean, high: mean, trials: 1, kind: "range" };
  },
  gain: (from, to) => {
    const mean = scoreOf(to.variant, to.reads ?? 1) - scoreOf(from.variant, from.reads ?? 1);
    return { mean, low: mean, high: mean, trials: 1, kind: "range" };
  },
  say: (quantity, text) => {
    numbers.push({ chapter, quantity, text });
    return text;
  },
});

const tell = (scoreOf: ScoreOf, numbers: SaidNumber[] = []) =>
  chapters.map(({ name, title, tell: told }) => ({
    name,
    title,
    ...told({ ...evidence(scoreOf, numbers, name), explanation }),
  }));

const explanation = [
  { rank: 0, change: "none", kind: "attention", error: 14.04, low: 11.6, high: 16.3, longError: 20 },
  { rank: 1, change: "dsa", kind: "attention", error: 6.1, low: 3.8, high: 8.2, longError: 9 },
  { rank: 2, change: "sharpness", kind: "logits", error: 5.3, low: 3.1, high: 7.6, longError: 8 },
];

describe("the chapters", () => {
  const numbers: SaidNumber[] = [];
  const selecting: ScoreOf = (variant, reads) =>
    Math.min(1, (variant === "dense" ? 0.3 : 0.9) * Math.sqrt(reads));
  const told = tell(selecting, numbers);
  const findings = told.flatMap((chapter) => chapter.findings);

  it("find something about every claim, once", () => {
    expect(findings.map(({ claim }) => claim).sort()).toEqual(
      articleClaims()
        .map(({ id }) => id)
        .sort(),
    );
  });

  it("show both readings of the Graphwalks pair", () => {
    const { tables } = told.find(({ name }) => name === "graphwalks")!;
    expect(tables![0]!.rows).toContainEqual([
      "as the article pairs it",
      "21.4",
      "73.7",
      "3.4x",
      "+52.3 pp",
      "no",
    ]);
    expect(tables![0]!.rows).toContainEqual(["search, 256K", "62.5", "73.7", "1.2x", "+11.2 pp", "yes"]);
    expect(tables![0]!.rows).toContainEqual(["search, 1M", "9.4", "45.4", "4.8x", "+36.0 pp", "yes"]);
  });

  it("give verdicts that follow from the scores", () => {
    const verdict = (of: typeof findings, id: string) => of.find(({ claim }) => claim === id)!.verdict;
    const alike = tell(() => 0.5).flatMap((chapter) => chapter.findings);
    const expected = {
      "speculation-attention": ["plausible", "contradicted"],
      // ShadowKV on a GB200 rack: a shorter step and more users, worked out from the rack
      "speculation-hardware": ["plausible", "contradicted"],
      // 125 hidden tokens are no half of 7,200
      "speculation-generation": ["unsupported", "contradicted"],
    };
    for (const [id, verdicts] of Object.entries(expected))
      expect([id, verdict(findings, id), verdict(alike, id)]).toEqual([id, ...verdicts]);
  });

  it("give verdicts on what only numbers of pages can tell", () => {
    const verdicts = Object.fromEntries(findings.map(({ claim, verdict }) => [claim, verdict]));
    expect(verdicts).toMatchObject({
      "headline-wins": "unsupported",
      "tau2-noise": "arithmetic holds",
      "release-opus": "reported elsewhere",
      "release-gpt": "reported elsewhere",
      "retrained-base": "out of reach",
      "graphwalks-256k": "contradicted",
      "output-tokens": "contradicted",
      "arc-agi-2": "arithmetic holds",
      "speculation-rl": "out of reach",
      "lead-gpqa": "arithmetic holds",
      // one page has the other model ahead
      "lead-hle": "unsupported",
      "guide-long": "unsupported",
      "guide-depth": "arithmetic holds",
    });
    const headline = findings.find(({ claim }) => claim === "headline-wins")!;
    expect(headline.says).toContain("list gives 8 of 9: GPT-5.5 does not win Tau2-bench Telecom.");
    expect(headline.says).toContain("adds OSWorld-Verified, 75.0 to 78.7; with it the count is 9 of 10.");
  });

  it("say one number of one quantity", () => {
    const texts = groupBy(numbers, ({ quantity }) => quantity);
    const doubled = [...texts].filter(([, said]) => new Set(said.map(({ text }) => text)).size > 1);
    expect(doubled).toEqual([]);
    // and chapters do share quantities
    const shared = [...texts].filter(([, said]) => new Set(said.map(({ chapter }) => chapter)).size > 1);
    expect(shared.map(([quantity]) => quantity)).toContain(
      "score of dense on graphwalks(operation=bfs) at 1M tokens, 1 read",
    );
  });

  it("make every number in a sentence from a number", () => {
    for (const { name, text, findings: own, departures = [] } of told) {
      const said = numbers.filter(({ chapter }) => chapter === name).map(({ text: each }) => each);
      for (const sentence of [...text, ...own.map(({ says }) => says), ...departures])
        expect([sentence, bareNumbers(sentence, said)]).toEqual([sentence, []]);
    }
  });

  it("choose their words by the numbers", () => {
    const textOf = (all: typeof told, chapter: string) =>
      all.find(({ name }) => name === chapter)!.text.join(" ");
    const steps = [onRack("gb200-nvl72", "dsa", 16).step, onRack("gb200-nvl72", "dense", 16).step];
    const cheap = textOf(told, "generation").includes("Selection makes them cheaper");
    expect(cheap).toBe(steps[0]! < 0.9 * steps[1]!);
    const users = [onRack("gb200-nvl72", "dsa").users, onRack("gb200-nvl72", "dense").users];
    expect(textOf(told, "hardware").includes("its index costs users")).toBe(users[0]! < users[1]!);
    expect(textOf(told, "attention")).toContain("sufficient for the search and not necessary");
    const plain: ScoreOf = (variant) => (variant.startsWith("dense") ? 0.3 : 0.9);
    expect(textOf(tell(plain), "attention")).toContain("the search asks for a selection");
    expect(textOf(told, "generation")).toContain("more with dense (+.70");
    expect(
      textOf(
        tell(() => 0.5),
        "generation",
      ),
    ).not.toContain("average the noise");
  });

  it("make one page that needs nothing else", async () => {
    const page = await htmlReport({ chapters: told, made: ["made <here>"] });
    expect(page).not.toMatch(/<script|<link|<img|@import|src=/);
    expect(page).toContain("made &lt;here&gt;");
    const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, name] of page.matchAll(/(?:url\(#|href="#)([^)"]+)/g)) expect(ids).toContain(name);
    expect(page.match(/<svg /g)!.length).toBe(told.filter(({ figure }) => figure).length);
  });

  it("make a Markdown report with every claim", () => {
    const report = markdownReport({ chapters: told, made: ["here"] });
    for (const { claim } of articleClaims()) expect(report).toContain(`| ${claim} |`);
    for (const { says } of findings) expect(report).toContain(says);
    expect(report).toContain("| Output cost of that task | $0.15 to $0.084, -44% | arithmetic holds |");
    expect(report).toContain("![The wait for the first token](latency.svg)");
    expect(report).not.toContain("reproduced");
    for (const text of ruleTexts) expect(report).toContain(text);
  });
});

it("the report says first where the numbers disagree, the contradicted claims first", () => {
  const told = tell(() => 0.5);
  const report = markdownReport({ chapters: told, made: [] });
  const [, first] = report.split("\n## ");
  expect(first).toContain("Where the numbers disagree with the article");
  const verdicts = [...first!.matchAll(/^- \*\*([a-z ]+)\*\*/gm)].map(([, verdict]) => verdict);
  const all = told.flatMap(({ findings }) => findings).filter(({ verdict }) => disagrees(verdict));
  expect(verdicts).toHaveLength(all.length);
  expect(verdicts).toEqual([...verdicts].sort());
});

it("a report's departures name the columns whose level is another", () => {
  const departures = (level: number) =>
    tell(() => level).find(({ name }) => name === "graphwalks")!.departures;
  // GPT-5.4: 62.5 and 9.4 percent in searches, 82.8 and 44.4 for parents
  expect(departures(0.53)![0]).not.toContain("graphwalks-bfs 256K");
  expect(departures(0.52)![0]).toContain(".52 on graphwalks-bfs 256K, where the page has 62.5 percent");
  expect(departures(0.52)![0]).not.toContain("graphwalks-parents 1M");
});

describe("an explanation", () => {
  const folder = mkdtempSync(join(tmpdir(), "attnsim-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "ranking.csv");
  writeFileSync(
    path,
    "rank,change,kind,error,errorLow,errorHigh,longError\n0,none,attention,0.2,0.18,0.22,0.3\n1,dsa,attention,0.1,0.08,0.12,0.1\n2,sharpness=2,logits,0.15,0.13,0.2,0.2\n",
  );

  it("is told where there is one", () => {
    const attention = chapters.find(({ name }) => name === "attention")!;
    const asked = evidence(() => 0.5);
    expect(attention.tell(asked).text.at(-1)).toContain("attnsim explain then asks the same question");
    expect(attention.tell({ ...asked, explanation: readExplanation(path) }).text.at(-1)).toContain(
      "Unchanged, its mean error on GPT-5.5's columns is 20.0 points, 95% interval 18.0 to 22.0. The nearest attentions are dsa (10.0 points, 95% interval 8.0 to 12.0). The nearest change of anything else is sharpness=2 (15.0 points, 95% interval 13.0 to 20.0): farther than the nearest attention.",
    );
  });

  it("is left out where there is none", () => {
    expect(readExplanation(join(folder, "none.csv"))).toBeUndefined();
  });
});

describe("a reader whose keys follow the text", () => {
  const folder = mkdtempSync(join(tmpdir(), "attnsim-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const attention = chapters.find(({ name }) => name === "attention")!;
  const ranking = join(folder, "ranking.csv");
  writeFileSync(
    ranking,
    "rank,change,kind,error,errorLow,errorHigh,longError\n0,none,attention,0.2,0.18,0.22,0.3\n1,oracle,attention,0.1,0.08,0.12,0.1\n",
  );
  const changesOf = (name: string, rows: readonly string[]): string => {
    const path = join(folder, name);
    const header = "model,rank,change,part,error,errorLow,errorHigh,gain,gainLow,gainHigh,trials";
    writeFileSync(path, [header, ...rows, ""].join("\n"));
    return path;
  };
  const dense = "GPT-5.5,0,dense,attention,0.3,0.25,0.35,0,0,0,60";
  const tellBy = (path: string): string =>
    attention
      .tell({
        ...evidence(() => 0.5),
        explanation: readExplanation(ranking),
        textReader: readTextReader(path, "GPT-5.5"),
      })
      .text.at(-1)!;

  it("says that no attention is shown better, and that the answer does not survive", () => {
    const path = changesOf("none.csv", [
      "GPT-5.4,0,dense,attention,0.9,0.9,0.9,0,0,0,60",
      dense,
      "GPT-5.5,2,oracle,attention,0.28,0.2,0.3,0.02,-0.02,0.05,60",
      "GPT-5.5,1,dsa,attention,0.25,0.2,0.3,0.05,-0.01,0.1,60",
    ]);
    const text = tellBy(path);
    expect(text).toContain(
      "60 problems a column, mean field). Unchanged it is 30.0 points, 95% interval 25.0 to 35.0,",
    );
    expect(text).toContain(
      "No change of attention is shown to be better than none; the nearest of 2 is dsa (25.0 points, 95% interval 20.0 to 30.0; gain +5.0 points, -1.0 to +10.0).",
    );
    expect(text).toContain("oracle, has a gain of +2.0 points, -2.0 to +5.0: the answer does not survive.");
  });

  it("names the attentions that are shown better", () => {
    const path = changesOf("shown.csv", [
      dense,
      "GPT-5.5,1,oracle,attention,0.2,0.18,0.22,0.1,0.05,0.15,60",
      "GPT-5.5,2,dsa,attention,0.28,0.2,0.3,0.02,-0.02,0.05,60",
    ]);
    const text = tellBy(path);
    expect(text).toContain("Shown to be better than none: oracle (20.0 points");
    expect(text).not.toContain("dsa");
    expect(text).toContain("the answer survives.");
  });

  it("is left out where there is none", () => {
    expect(readTextReader(join(folder, "missing.csv"), "GPT-5.5")).toBeUndefined();
    expect(tellBy(join(folder, "missing.csv"))).toContain("attnsim explain");
  });
});

describe("evidence", () => {
  const chapterOf = (name: string, trials: number): Chapter => ({
    name,
    title: name,
    *trials(trial) {
      for (let n = 0; n < trials; n++)
        for (const variant of ["dense", "sink-window"])
          yield trial({ task: "graphwalks", variant, tokens: "8K", trial: n });
    },
    tell: () => ({ findings: [], text: [] }),
  });
  const [short, long] = [chapterOf("short", 1), chapterOf("long", 3)];
  const asked = { full: false, seed: 0 };
  const ids = new Map(trialsOf([short, long], asked).map((trial) => [trialId(trial), trial]));
  const all = [...ids.values()].map((trial) => meanFieldRow(trial as MeanFieldTrial));
  const own = evidenceOf(short, { ...asked, rows: all });
  const at = (variant: string) => ({ task: "graphwalks", variant, tokens: "8K" });

  it("has the rows of a chapter's own trials, run once for all chapters", () => {
    expect(all).toHaveLength(6);
    expect(own.rows().map(({ trial, variant }) => [trial, variant])).toEqual([
      [0, "dense"],
      [0, "sink-window"],
    ]);
    expect(own.rows(true)).toEqual([]);
  });

  it("has the score of all chapters' trials, so that every chapter says the same", () => {
    const dense = all.filter(({ variant }) => variant === "dense").map(({ score }) => score!);
    expect(own.score(at("dense")).trials).toBe(3);
    expect(own.score(at("dense")).mean).toBeCloseTo((dense[0]! + dense[1]! + dense[2]!) / 3, 12);
    expect(own.score(at("dense"))).toEqual(evidenceOf(long, { ...asked, rows: all }).score(at("dense")));
    expect(() => own.score({ ...at("oracle") })).toThrow(
      "short: no trials of graphwalks, oracle, 8000 tokens, 1 reads",
    );
  });

  it("pairs scores by their problem", () => {
    const score = (variant: string) =>
      all.filter((row) => row.variant === variant && row.trial !== 2).map((row) => row.score!);
    const [dense, window] = [score("dense"), score("sink-window")];
    // the third problem has a score of one of the two alone
    const rest = all.filter(({ variant, trial }) => variant === "dense" || trial !== 2);
    const gain = evidenceOf(short, { ...asked, rows: rest }).gain(at("dense"), at("sink-window"));
    expect(gain.trials).toBe(2);
    expect(gain.mean).toBeCloseTo((window[0]! - dense[0]! + window[1]! - dense[1]!) / 2, 12);
  });

  it("notes what is said, and a CSV has each quantity once", () => {
    const numbers: SaidNumber[] = [];
    const [one, two] = [short, long].map((chapter) => evidenceOf(chapter, { ...asked, rows: all }, numbers));
    expect(one!.say("time", "3 s")).toBe("3 s");
    two!.say("time", "3 s");
    two!.say("users, all", "5");
    expect(() => numbersCsv([...numbers, { chapter: "last", quantity: "time", text: "4 s" }])).toThrow(
      "time has two numbers: 3 s in short long, 4 s in last",
    );
    expect(numbersCsv(numbers)).toBe('quantity,text,chapters\ntime,3 s,short long\n"users, all",5,long\n');
  });
});

describe("full numerics", () => {
  const trialsTwice: Chapter["trials"] = function* (trial, full) {
    for (let n = 0; n < 2; n++) {
      const asked = { task: "graphwalks", variant: "dense", tokens: "8K", trial: n };
      yield trial(asked);
      if (full) yield trial({ ...asked, mode: "numerics" });
    }
  };
  const chapter: Chapter = {
    name: "own",
    title: "own",
    trials: trialsTwice,
    tell: () => ({ findings: [], text: [] }),
  };
  const asked = { full: true, seed: 0 };
  const meanField = trialsOf([chapter], asked).map((trial) => meanFieldRow({ ...trial, mode: "mean-field" }));
  /** Evidence whose numerics score lower than the mean field. */
  const off = (by: number) =>
    evidenceOf(chapter, {
      ...asked,
      rows: trialsOf([chapter], asked).map((trial, i) =>
        trial.mode === "numerics"
          ? {
              ...meanField[i]!,
              id: trialId(trial),
              mode: "numerics" as const,
              score: Math.max(0, meanField[i]!.score! - by),
            }
          : meanField[i]!,
      ),
    });

  it("stand beside the mean field, by the numbers of both", () => {
    const [table] = numericsTables(off(0.5));
    const score = off(0.5).score({ task: "graphwalks", variant: "dense", tokens: "8K" });
    expect(table!.rows).toHaveLength(1);
    expect(table!.rows[0]!.slice(0, 3)).toEqual(["dense", "8,000", formatMean(score)]);
    expect(table!.rows[0]![4]).toBe(2);
    expect(numericsTables(evidenceOf(chapter, { ...asked, rows: meanField.slice(0, 1) }))).toEqual([]);
  });

  it("depart from the mean field only beyond the intervals or ranges of both", () => {
    expect(numericsDepartures(off(0))).toEqual([]);
    expect(numericsDepartures(off(0.5))[0]).toMatch(
      /^Full numerics and the mean field disagree beyond their intervals or ranges in dense at 8K \(.*, 2 problems, against /,
    );
  });
});

/** Numbers of a sentence that no number said and no name holds. */
function bareNumbers(sentence: string, said: readonly string[]): string[] {
  const numbersOf = (text: string): string[] =>
    text.replaceAll(names, " ").match(/\d+(?:[.,]\d+)*|\.\d+/g) ?? [];
  const known = new Set(said.flatMap((text) => [...numbersOf(text), text]));
  return numbersOf(sentence).filter((number) => !known.has(number));
}

const names = new RegExp(
  [
    "GPT-5\\.\\d|Opus 4\\.7|GB[23]00|DeepSeek-V3|deepseek-v3|llama-3\\.1-405b|fp8|NVFP4|F1",
    "infllm-v2|h2o|Tau2-bench|ARC-AGI-2|mrcr-v2-8needle|Terminal-Bench 2\\.0|oracle\\(k=\\d+\\)",
    "\\d+[KM]-\\d+[KM]|\\d+[KM]\\b|95% interval|95% intervals",
    // assumptions that the text names, and thresholds of the rules
    "at (?:5|40) ms|(?:16|1) reads?|in place of 1\\b|a step of 16(?![.\\d])|1\\.96 standard errors",
    "over 10 pp|2 to 5 pp",
  ].join("|"),
  "g",
);

it("an SVG in a page keeps its ids to itself", () => {
  const svg = '<svg class="marks"><clipPath id="clip1"/><g clip-path="url(#clip1)"/></svg>';
  expect(inlineSvg(svg, "own", "a <figure>")).toBe(
    '<svg role="img" aria-label="a &lt;figure&gt;" class="marks"><clipPath id="own-clip1"/><g clip-path="url(#own-clip1)"/></svg>',
  );
});
