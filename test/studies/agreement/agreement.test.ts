import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { unwatched } from "../../../src/runs/watch.ts";
import { baselinesOf } from "../../../src/studies/agreement/baselines.ts";
import { predict } from "../../../src/studies/agreement/compare.ts";
import { express } from "../../../src/studies/agreement/express.ts";
import { readMeasured } from "../../../src/studies/agreement/measured.ts";
import type { MeasuredScore } from "../../../src/studies/agreement/measured.ts";
import { agreementReader } from "../../../src/studies/agreement/reader.ts";
import { sortRows } from "../../../src/studies/agreement/rows.ts";
import { runAgreement } from "../../../src/studies/agreement/run.ts";

const folder = mkdtempSync(join(tmpdir(), "agreement-"));
const header =
  "source_title,model,task_family,context_tokens,method,budget,budget_tokens,keep_ratio,query_aware,score,dense_score,sparse_phase";

function table(name: string, ...rows: readonly string[]): string {
  const path = join(folder, name);
  writeFileSync(path, [header, ...rows].join("\n"));
  return path;
}

const row = (given: Partial<MeasuredScore>): MeasuredScore => ({
  row: 1,
  source: "a table",
  model: "a model",
  task: "ruler-vt",
  tokens: 4096,
  method: "snapkv",
  budget: "half",
  budgetTokens: null,
  keep: 0.5,
  queryAware: false,
  phase: "evict",
  score: 0.5,
  dense: 1,
  ...given,
});

describe("a table of measured scores", () => {
  it("is read with scores from 0 to 1", () => {
    const {
      scores: [read],
    } = readMeasured(table("one.csv", "A,M,ruler-vt,4096.0,snapkv,half,,0.5,yes,50,80,evict-after-prefill"));
    expect(read).toEqual(row({ source: "A", model: "M", queryAware: true, dense: 0.8 }));
  });

  it("has shares of 1 where no score of a source is above 1, and percent elsewhere", () => {
    const rows = [
      "A,M,ruler-vt,4096,snapkv,half,,0.5,yes,0.5,0.8,evict",
      "A,M,ruler-vt,4096,snapkv,less,,0.25,yes,1,,evict",
      "B,M,ruler-vt,4096,snapkv,half,,0.5,yes,0.5,80,evict",
      "B,M,ruler-vt,4096,snapkv,less,,0.25,yes,1,,evict",
    ];
    const { scores } = readMeasured(table("shares.csv", ...rows));
    expect(scores.map(({ score, dense }) => [score, dense])).toEqual([
      [0.5, 0.8],
      [1, null],
      [0.005, 0.8],
      [0.01, null],
    ]);
  });

  it("is read in other letters, and with spaces", () => {
    const { scores } = readMeasured(
      table("letters.csv", 'A,M," RULER-VT",4096,SnapKV,half,,0.5,Yes,50,80,Evict', "A,M,ruler-vt,4096"),
    );
    expect(scores).toEqual([row({ source: "A", model: "M", queryAware: true, dense: 0.8 })]);
  });

  it("leaves out rows whose cells would say something else than their author", () => {
    const rows = [
      'A,M,ruler-vt,4096,snapkv,half,,0.5,yes,"  ",80,evict',
      "A,M,ruler-vt,4096,snapkv,half,,0.5,maybe,50,80,evict",
      "A,M,ruler-vt,4096,snapkv, 25% kept,of all,,0.5,yes,50,80,evict",
      "A,,ruler-vt,4096,snapkv,half,,0.5,yes,50,80,evict",
      "A,M,ruler-vt,4096,snapkv,none,,0,yes,50,80,evict",
      "A,M,ruler-vt,4096,snapkv,none,0,,yes,50,80,evict",
      "A,M,ruler-vt,4096,snapkv,half,,0.5,yes,50,80,evict,,",
    ];
    const { scores, unread } = readMeasured(table("shifted.csv", ...rows));
    expect(scores.map(({ row: own }) => own)).toEqual([7]);
    expect(unread.map(({ reason }) => reason)).toEqual([
      "its score is no number from 0 to 100",
      "its query_aware is none of 0, 1, yes, true, no, false, unknown",
      "it has more cells than the header",
      "no model is stated",
      "its keep_ratio is no share above 0 and up to 1",
      "its budget_tokens is no number of tokens",
    ]);
  });

  it("leaves out rows that do not say what is needed, and counts them by reason", () => {
    const rows = [
      "A,M,ruler-vt,4096,snapkv,half,,0.5,yes,50,80,evict",
      "A,M,ruler-vt,4096,snapkv,half,,0.5,yes,150,80,evict",
      "A,M,ruler-vt,4096,snapkv,half,,0.5,yes,,80,evict",
      "A,M,ruler-vt,4096,snapkv,half,,0.5,yes,50,n/a,evict",
      "A,M,ruler-vt,4096,snapkv,half,,0.5,yes,50,80,later",
      "A,M,ruler-vt,4K,snapkv,half,,0.5,yes,50,80,evict",
      "A,M,ruler-vt,4096,snapkv,half,many,0.5,yes,50,80,evict",
      "A,M,ruler-vt,4096,snapkv,half,,50%,yes,50,80,evict",
      "A,M,,4096,snapkv,half,,0.5,yes,50,80,evict",
      "A,M,ruler-vt,4096,,half,,0.5,yes,50,80,evict",
      "A,M,ruler-vt,4096,snapkv,half,,0.5,yes,50,80,evict",
      "A,M,ruler-vt",
    ];
    const { scores, unread } = readMeasured(table("bad.csv", ...rows));
    expect(scores.map(({ row: own }) => own)).toEqual([1]);
    expect(unread).toEqual([
      { row: 2, reason: "its score is no number from 0 to 100" },
      { row: 3, reason: "its score is no number from 0 to 100" },
      { row: 4, reason: "its dense_score is no number from 0 to 100" },
      { row: 5, reason: expect.stringMatching(/^its sparse_phase is none of prefill, decode/) as string },
      { row: 6, reason: "its context_tokens is no number of tokens" },
      { row: 7, reason: "its budget_tokens is no number of tokens" },
      { row: 8, reason: "its keep_ratio is no share above 0 and up to 1" },
      { row: 9, reason: "no task is stated" },
      { row: 10, reason: "no method is stated" },
      { row: 11, reason: "the same row stands before it" },
      { row: 12, reason: "no method is stated" },
    ]);
  });

  it("may have other columns in any order, lines that end as on Windows, and dense scores in rows of their own", () => {
    const path = join(folder, "other.csv");
    const lines = [
      "note,score,method,keep_ratio,context_tokens,model,task_family",
      'a,"50",snapkv,0.5,4096,M,ruler-vt',
      "b,30,snapkv,0.25,4096,M,ruler-vt",
      "c,80,dense,,4096,M,ruler-vt",
      "d,50,snapkv,0.5,4096,another,ruler-vt",
    ];
    writeFileSync(path, `\uFEFF${lines.join("\r\n")}\r\n`);
    const { scores, unread } = readMeasured(path);
    expect(unread).toEqual([]);
    expect(scores.map(({ source, budget, dense }) => [source, budget, dense])).toEqual([
      ["(no source stated)", "keep 0.5", 0.8],
      ["(no source stated)", "keep 0.25", 0.8],
      ["(no source stated)", "", 0.8],
      ["(no source stated)", "keep 0.5", null],
    ]);
    writeFileSync(path, "score,method\n50,snapkv\n");
    expect(() => readMeasured(path)).toThrow(/lacks the columns model, task_family, context_tokens/);
  });
});

describe("a measured row", () => {
  const specOf = (given: Partial<MeasuredScore>): string => {
    const put = express(row(given));
    return "variant" in put ? put.variant : put.reason;
  };

  it("becomes a variant with its budget", () => {
    expect(specOf({})).toBe("snapkv(budget=1984)");
    expect(specOf({ queryAware: true })).toBe("snapkv(budget=1984,queryAware=true)");
    expect(specOf({ method: "sink-window" })).toBe("sink-window(sinks=4,window=1980)");
    expect(specOf({ method: "quest", budget: "page 32, 6%", budgetTokens: 256 })).toBe(
      "quest(page=32,budget=256)",
    );
    expect(specOf({ method: "duo", budget: "compression_ratio 0.75 (achieved 0.67)", keep: 0.33 })).toBe(
      "duo(full=0.25)",
    );
    expect(
      specOf({ method: "duo-onthefly", budget: "compression_ratio 0.25 (achieved 0.22)", keep: 0.78 }),
    ).toBe("duo-on-the-fly(full=0.75)");
    expect(specOf({ method: "loki", budgetTokens: 2048 })).toBe("loki(rank=16,k=2048)");
    expect(specOf({ method: "infinigen", budgetTokens: 2048 })).toBe("infinigen(k=2048,alpha=99)");
    expect(specOf({ method: "tokenselect", budget: "2K+512", budgetTokens: 2560 })).toBe(
      "token-select(k=2048,window=512)",
    );
    expect(specOf({ method: "tokenselect", budget: "k=512", budgetTokens: 512 })).toBe("token-select(k=512)");
    expect(specOf({ method: "magicpig", budget: "K=8,L=75" })).toBe("magicpig(bits=8,tables=75)");
    expect(specOf({ method: "sink-window", budget: "128 sinks + 1024 window", budgetTokens: 1152 })).toBe(
      "sink-window(sinks=128,window=1024)",
    );
    const shadow = { method: "shadowkv", budgetTokens: 256 };
    expect(specOf({ ...shadow, budget: "chunk 8, rank 160, 48 outliers" })).toBe("shadowkv(budget=256)");
    expect(specOf({ ...shadow, budget: "8 outlier chunks" })).toBe("shadowkv(budget=256,outliers=8)");
    expect(specOf({ method: "swa", budgetTokens: 512 })).toBe("sink-window(sinks=0,window=512)");
  });

  it.each(["random", "knorm", "lagkv", "chunkkv", "cur", "qfilter", "kvzip"])(
    "of %s is an eviction that sees the question or not",
    (method) => {
      expect(specOf({ method })).toBe(`${method}(budget=1984)`);
      expect(specOf({ method, queryAware: true })).toBe(`${method}(budget=1984,queryAware=true)`);
    },
  );

  it("of Finch always sees the question, and Ada-KV over Compactor is our Compactor", () => {
    expect(specOf({ method: "finch", queryAware: true })).toBe("finch(budget=1984)");
    expect(specOf({ method: "adakv-compactor" })).toBe("compactor(budget=1984)");
  });

  it("is left out with a reason", () => {
    expect(specOf({ method: "telepathy" })).toBe("no variant for the method telepathy");
    expect(specOf({ method: "constructor" })).toBe("no variant for the method constructor");
    expect(specOf({ task: "ruler-qa_1" })).toBe("no task for ruler-qa_1");
    expect(specOf({ phase: "prefill" })).toMatch(/sparse in prefill alone/);
    expect(specOf({ keep: null })).toBe("no budget is stated");
    expect(specOf({ tokens: null })).toBe("no context length is stated");
    expect(specOf({ dense: null })).toMatch(/no score of dense attention/);
  });

  it("of InfiniteBench is the task of RULER that asks the same", () => {
    const put = express(row({ task: "infinitebench-kv" }));
    expect("tasks" in put && put.tasks).toEqual(["ruler(task=niah_multikey_3)"]);
  });

  it("is eleven tasks where it is the mean of RULER", () => {
    const put = express(row({ task: "ruler-avg" }));
    expect("tasks" in put && put.tasks).toHaveLength(11);
  });
});

it("counts a mean over tasks only where a table lacks their scores", () => {
  const tasks = ["ruler-vt", "ruler-cwe", "ruler-fwe", "ruler-qa_1", "ruler-qa_2", "ruler-niah_single_1"];
  const rows = (families: readonly string[]): MeasuredScore[] =>
    ["ruler-avg", ...families].map((task) => row({ task }));
  const means = (families: readonly string[]): number =>
    sortRows({ scores: rows(families), unread: [] }, { most: 4096 }).expressed.filter(
      ({ measured: { task } }) => task === "ruler-avg",
    ).length;
  expect(means(tasks)).toBe(1);
  expect(means([...tasks, "ruler-niah_single_2"])).toBe(0);
});

it("sorts out rows by length, share kept and name", () => {
  const rows = [row({}), row({ keep: 0.25, method: "tova" }), row({ tokens: 8192 })];
  const of = (asked: object): string[] =>
    sortRows({ scores: rows, unread: [] }, { most: 8192, ...asked }).expressed.map(({ variant }) => variant);
  expect(of({ most: 4096, only: ["snapkv"] })).toEqual(["snapkv(budget=1984)"]);
  expect(of({ keep: 0.3 })).toEqual(["tova(budget=992)"]);
  expect(of({ least: 8192 })).toEqual(["snapkv(budget=4032)"]);
});

it("predicts by the share of dense attention's score", () => {
  const trials = [{ variant: [1, 0], dense: [1, 1] }];
  expect(predict(trials, 0.8)).toBeCloseTo(0.4, 12);
  expect(predict(trials, null)).toBeCloseTo(0.5, 12);
  expect(predict([{ variant: [0], dense: [0] }], 0.8)).toBe(0.8);
});

it("compares with what other models say of a method", () => {
  const [, , others] = baselinesOf([row({}), row({ model: "another", score: 0.3, dense: 0.6 })]);
  const compared = {
    measured: row({ dense: 0.9 }),
    tasks: [],
    variant: "",
    tokens: 4096,
    predicted: 0,
    trials: [],
  };
  expect(others!.predict(compared)).toBeCloseTo(0.45, 12);
  expect(others!.predict({ ...compared, measured: row({ method: "tova" }) })).toBeUndefined();
});

it("runs a table, and goes on with finished trials", async () => {
  const path = table(
    "table.csv",
    "A,M,ruler-niah_single_1,2048,dense,all,,1,yes,100,100,",
    "A,M,ruler-niah_single_1,2048,sink-window,tiny,,0.05,no,0,100,decode",
    "A,M,ruler-niah_single_1,2048,snapkv,much,,0.9,yes,100,100,evict",
    "A,M,ruler-qa_1,2048,snapkv,much,,0.9,yes,100,100,evict",
  );
  const out = join(folder, "out");
  const options = {
    table: path,
    trials: 2,
    seed: 0,
    engine: "wasm",
    most: 4096,
    workers: 1,
    out,
    reader: agreementReader,
  };
  const { answer } = await runAgreement(options, unwatched);
  expect(answer.all.settings).toBe(2);
  expect(answer.all.settingError).toBeLessThan(0.01);
  expect(answer.all.spearman).toBe(1);
  expect(Object.keys(answer.roles)).toEqual(["other sources"]);
  expect(answer.groups.find(({ by, group }) => by === "method" && group === "snapkv")).toMatchObject({
    role: "other sources",
    settings: 1,
    cells: 1,
  });
  expect(answer.unexpressed).toEqual([
    { reason: "dense attention's own score, from which predictions start", rows: 1 },
    { reason: "no task for ruler-qa_1", rows: 1 },
  ]);
  expect(answer.baselines[0]).toMatchObject({ settings: 2, error: 0.5 });
  expect(readFileSync(join(out, "cells.csv"), "utf8")).toContain("sink-window");
  expect(readFileSync(join(out, "scores.csv"), "utf8")).toContain("ruler,dense,2048,1 1\n");
  const again = await runAgreement(options, unwatched);
  expect(again.answer).toEqual(answer);
});
