import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { chapters } from "../../../experiments/article/all.ts";
import { derivedFigure, valuesOf } from "../../../src/studies/article/claims.ts";
import type { Chapter, Evidence } from "../../../src/studies/article/chapter.ts";
import { readExplanation } from "../../../src/studies/article/explanation.ts";
import { evidenceOf, trialsOf } from "../../../src/studies/article/evidence.ts";
import { htmlReport, inlineSvg } from "../../../src/studies/article/page.ts";
import { markdownReport } from "../../../src/studies/article/report.ts";
import { articleClaims, publishedScores } from "../../../src/files/published.ts";
import { meanFieldRow } from "../../../src/trial/mean-field.ts";
import { makeTrial } from "../../../src/trial/make-trial.ts";
import type { MeanFieldTrial } from "../../../src/trial/trial.ts";

describe("the article's figures", () => {
  it.each(articleClaims().filter(({ derived }) => derived !== ""))("$id: $derived", (claim) => {
    expect(derivedFigure(claim)).toBe(claim.derived);
  });

  it("have two numbers each, but for the speculations", () => {
    for (const claim of articleClaims())
      expect([claim.id, valuesOf(claim) === undefined]).toEqual([claim.id, claim.kind === "speculation"]);
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

/** Scores by variant, whatever the task. */
const evidence = (scoreOf: (variant: string, reads: number) => number): Evidence => ({
  published: publishedScores(),
  rows: (numerics = false) => (numerics ? [] : rows),
  score: ({ variant, reads = 1 }) => {
    const mean = scoreOf(variant, reads);
    return { mean, low: mean, high: mean, trials: 1 };
  },
});

const tell = (scoreOf: (variant: string, reads: number) => number) =>
  chapters.map(({ name, title, tell: told }) => ({ name, title, ...told(evidence(scoreOf)) }));

describe("the chapters", () => {
  const told = tell((variant, reads) => Math.min(1, (variant === "dense" ? 0.3 : 0.9) * Math.sqrt(reads)));
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
    for (const id of ["speculation-attention", "speculation-hardware", "speculation-generation"])
      expect([id, verdict(findings, id), verdict(alike, id)]).toEqual([id, "plausible", "contradicted"]);
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
    expect(report).toContain("| Output cost of that task | $0.15 to $0.084, -44% | reproduced |");
    expect(report).toContain("![Three seconds to the first token](latency.svg)");
  });
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
    const explanation = readExplanation(path);
    expect(attention.tell({ ...asked, explanation }).text.at(-1)).toContain(
      "Unchanged, its mean error on GPT-5.5's columns is 20.0 points (95% interval 18.0 to 22.0). The nearest attentions are dsa (10.0 points, 95% interval 8.0 to 12.0). The nearest change of anything else is sharpness=2 (15.0 points, 95% interval 13.0 to 20.0): farther than the nearest attention.",
    );
  });

  it("is left out where there is none", () => {
    expect(readExplanation(join(folder, "none.csv"))).toBeUndefined();
  });
});

describe("evidence", () => {
  it("is of a chapter's own trials, run once for all chapters", () => {
    const chapter: Chapter = {
      name: "own",
      title: "own",
      *trials(trial) {
        for (const tokens of ["4K", "8K"]) yield trial({ task: "graphwalks", variant: "dense", tokens });
      },
      tell: () => ({ findings: [], text: [] }),
    };
    const asked = { full: false, seed: 0 };
    const all = trialsOf([chapter], asked).map((trial) => meanFieldRow(trial as MeanFieldTrial));
    const other = meanFieldRow(
      makeTrial({ task: "graphwalks", variant: "oracle", tokens: "4K", mode: "mean-field" }),
    );
    const own = evidenceOf(chapter, { ...asked, rows: [...all, other] });
    expect(own.rows()).toEqual(all);
    expect(own.rows(true)).toEqual([]);
    expect(own.score({ task: "graphwalks", variant: "dense", tokens: "8K" }).mean).toBe(all[1]!.score);
    expect(() => own.score({ task: "graphwalks", variant: "oracle", tokens: "4K" })).toThrow(
      "own: no trials of graphwalks, oracle, 4000 tokens, 1 reads",
    );
  });
});

it("an SVG in a page keeps its ids to itself", () => {
  const svg = '<svg class="marks"><clipPath id="clip1"/><g clip-path="url(#clip1)"/></svg>';
  expect(inlineSvg(svg, "own", "a <figure>")).toBe(
    '<svg role="img" aria-label="a &lt;figure&gt;" class="marks"><clipPath id="own-clip1"/><g clip-path="url(#own-clip1)"/></svg>',
  );
});
