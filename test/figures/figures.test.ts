import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { parseSpec } from "../../src/attention/spec.ts";
import { parseBudget } from "../../src/deployment/budget.ts";
import { shortOf } from "../../src/deployment/fit-budget.ts";
import { lacksOf } from "../../src/trial/lacks.ts";
import { formatCsv } from "../../src/files/csv-text.ts";
import { readTrialRows } from "../../src/files/csv.ts";
import { figures } from "../../src/figures/registry.ts";
import { drawFigures } from "../../src/runs/draw.ts";
import { curves, scoreMeasure, seriesNamer } from "../../src/figures/aggregate.ts";
import { scoreTables } from "../../src/runs/summary.ts";
import { columns, trialRow } from "../../src/trial/columns.ts";
import type { TrialRow } from "../../src/trial/columns.ts";
import { emptyFolder } from "../runs/folder.ts";

const variants = ["dense", "dsa(k=64)"];

const rowsAt = (lengths: readonly number[], more: Partial<TrialRow> = {}): TrialRow[] =>
  ["graphwalks-bfs", "mrcr-v2-8needle"].flatMap((benchmark) =>
    lengths.flatMap((tokens) =>
      variants.flatMap((variant, v) =>
        [0, 1, 2].map((trial) =>
          trialRow({
            id: `${benchmark} ${tokens} ${variant} ${trial}`,
            task: benchmark,
            benchmark,
            variant,
            resolved: variant,
            tokensNominal: tokens,
            score: v === 0 ? 1 / (1 + tokens / 65536) : 0.9,
            goldMass: 0.5,
            recall: 0.75,
            kvReadBytes: v === 0 ? tokens * 4096 : 64 * 4096,
            indexReadBytes: v === 0 ? 0 : tokens * 64,
            fits: true,
            ...more,
          }),
        ),
      ),
    ),
  );

const sweep = rowsAt([4096, 65536, 1048576]);

const budgeted = [100, 400].flatMap((users) =>
  rowsAt([1048576], {
    budget: `system=gb200-nvl72,model=deepseek-v3,users=${users}`,
    system: "gb200-nvl72",
    model: "deepseek-v3",
    users,
    budgetParam: "k",
    budgetValue: String(4096 / users),
    ...(users === 400 ? { fits: false, score: null } : {}),
  }),
);

async function drawn(rows: readonly TrialRow[]): Promise<Record<string, string>> {
  const out = emptyFolder();
  const paths = await drawFigures(rows, { out, title: "What does it read?" });
  const svgs = paths.filter((path) => path.endsWith(".svg"));
  for (const path of svgs)
    // the signature of PNG
    expect(readFileSync(path.replace(/svg$/, "png")).subarray(0, 4)).toEqual(
      Buffer.from("\x89PNG", "latin1"),
    );
  return Object.fromEntries(svgs.map((path) => [path.slice(out.length + 1, -4), readFileSync(path, "utf8")]));
}

const texts = (svg: string): string[] =>
  [...svg.matchAll(/<(?:text|tspan)[^>]*>([^<]+)<\/(?:text|tspan)>/g)].map((match) => match[1]!);

it("draws every figure that a sweep over lengths can show", async () => {
  const svgs = await drawn(sweep);
  expect(Object.keys(svgs).sort()).toEqual([
    "accuracy",
    "accuracy-bytes",
    "bytes-read",
    "gold-mass",
    "recall",
  ]);
  for (const svg of Object.values(svgs)) {
    expect(texts(svg)).toEqual(expect.arrayContaining([...variants, "What does it read?"]));
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  }
  const { accuracy, "bytes-read": bytes } = svgs;
  expect(texts(accuracy!)).toEqual(
    expect.arrayContaining(["graphwalks-bfs", "mrcr-v2-8needle", "4K", "8K", "128K", "1M", "0.2", "1.0"]),
  );
  expect(texts(bytes!)).toEqual(expect.arrayContaining(["10 MB", "1 GB"]));
  // two curves in each of two panels, a mark for each of their three lengths, and open ones for published scores
  expect(accuracy!.match(/aria-roledescription="line mark container"/g)).toHaveLength(4);
  expect(accuracy!.match(/aria-roledescription="point"[^>]*fill="#/g)).toHaveLength(12);
  expect(accuracy!.match(/aria-roledescription="point"[^>]*stroke="#333333"/g)!.length).toBeGreaterThan(6);
  expect(texts(accuracy!)).toContain("GPT-5.4");
});

it("names every series, however many there are", async () => {
  const names = Array.from({ length: 46 }, (_, i) => `variant ${i}`);
  const rows = names.flatMap((variant) =>
    [4096, 65536].map((tokensNominal) => ({ ...sweep[0]!, variant, tokensNominal })),
  );
  const { accuracy, "accuracy-bytes": bytes } = await drawn(rows);
  for (const svg of [accuracy!, bytes!]) {
    expect(texts(svg)).toEqual(expect.arrayContaining(names));
    expect(texts(svg).some((text) => text.includes("entries"))).toBe(false);
  }
});

it("is the same picture every time", async () => {
  expect(await drawn(sweep)).toEqual(await drawn(sweep));
});

it("ranks variants at a single length", async () => {
  const svgs = await drawn(rowsAt([262144]));
  expect(Object.keys(svgs).sort()).toEqual(["accuracy-bytes", "ranking"]);
  expect(texts(svgs["ranking"]!)).toEqual(expect.arrayContaining([...variants, "score"]));
});

it("shows what budgets led to, and what does not fit them", async () => {
  const { budget } = await drawn(budgeted);
  expect(texts(budget!)).toEqual(
    expect.arrayContaining([
      ...["100", "400", "graphwalks-bfs: gb200-nvl72, deepseek-v3"],
      ...[".90 (.90-.90)", "k=40.96", "does not fit"],
    ]),
  );
});

it("tells memory from time where a budget is not kept, in the words that the row has from the budget", async () => {
  const budget = parseBudget("system=gb200-nvl72,model=deepseek-v3,users=4000,step-ms=5");
  const step = { spec: parseSpec("dense"), kvDtype: "bf16", tokens: 2 ** 20, reads: 1 } as const;
  const short = shortOf(budget, step);
  expect(lacksOf({ short })).toEqual(["memory", "time"]);
  expect(lacksOf({ short: shortOf(budget, { ...step, tokens: 8192 }) })).toEqual(["time"]);
  expect(lacksOf({ short: "" })).toEqual([]);
  const { budget: svg } = await drawn(budgeted.map((row) => (row.fits ? row : { ...row, short })));
  expect(texts(svg!)).toEqual(expect.arrayContaining(["no memory", "too slow"]));
  expect(texts(svg!)).not.toContain("does not fit");
});

it("draws a CSV with the columns that it needs alone", async () => {
  const path = join(emptyFolder(), "data.csv");
  writeFileSync(
    path,
    "task,variant,tokensNominal,score,mood\nfind,dense,4096,1,good\nfind,dense,8192,.5,bad\n",
  );
  expect(Object.keys(await drawn(readTrialRows(path)))).toEqual(["accuracy"]);
});

it("refuses a figure that the rows cannot show, or that there is none of", async () => {
  const draw = (names: string[]): Promise<string[]> =>
    drawFigures(sweep, { out: emptyFolder(), title: "", names });
  await expect(draw(["budget"])).rejects.toThrow("the rows cannot be drawn as budget");
  await expect(draw(["pie"])).rejects.toThrow(/unknown figure "pie"; known: .*accuracy/);
  expect(figures.every(({ summary }) => summary !== "")).toBe(true);
});

it("reads back what it writes, and says what is wrong with a file", () => {
  const path = join(emptyFolder(), "data.csv");
  const reading = (text: string) => (): TrialRow[] => {
    writeFileSync(path, text);
    return readTrialRows(path);
  };
  const csv = formatCsv(columns, sweep);
  expect(reading(csv)()[0]).toMatchObject({ score: sweep[0]!.score, fits: true, entropy: null });
  expect(formatCsv(columns, reading(csv)())).toBe(csv);
  expect(reading(csv.slice(0, csv.length - 40))).toThrow(/torn or no CSV/);
  expect(reading("task,variant\na,b\n")).toThrow(
    /lacks the columns tokensNominal, score; it has task, variant/,
  );
  expect(reading("task,variant,tokensNominal,score\na,b,4096,good\n")).toThrow(
    /row 1: score must be a number/,
  );
  expect(reading("")).toThrow(/has no rows/);
  expect(reading("task,variant,tokensNominal,score\na,b,4096,1\na,b,4096,1.2\n")).toThrow(
    /row 2: score must be in \[0, 1\]; got 1\.2/,
  );
  expect(reading("task,variant,tokensNominal,score\na,b,4096,1\na,b,4096,1\n")()).toHaveLength(2);
  expect(
    reading("task,variant,tokensNominal,trial,score\na,b,4096,0,1\na,b,4096,1,1\na,b,4096,0,.5\n"),
  ).toThrow(/row 3 is the trial of row 1 again/);
  expect(reading(`${csv}${csv.trim().split("\n").at(-1)!}\n`)).toThrow(/again; each trial counts once/);
  expect(() => readTrialRows(join(path, "x"))).toThrow(/cannot read/);
});

it("names curves by all that tells them apart", () => {
  const mixed = [...rowsAt([4096], { kvDtype: "f32" }), ...rowsAt([4096], { kvDtype: "fp8" })];
  expect(seriesNamer(mixed)(mixed.at(-1)!)).toBe("dsa(k=64), kvDtype fp8");
  expect(seriesNamer(sweep)(sweep.at(-1)!)).toBe("dsa(k=64)");
});

it("bands are Wilson's of 0 and 1, and fewer than ten other scores have a range", () => {
  const rows = [0, 1, 1, 1].map((score, trial) => ({ ...sweep[0]!, trial, score }));
  const [point] = curves(rows, scoreMeasure);
  expect(point).toMatchObject({ mean: 0.75, trials: 4, tokens: 4096, kind: "wilson" });
  // Wilson's interval of three in four
  expect(point!.low).toBeCloseTo(0.3006, 4);
  expect(point!.high).toBeCloseTo(0.9544, 4);
  const few = [0.2, 0.9].map((score, trial) => ({ ...sweep[0]!, trial, score }));
  expect(curves(few, scoreMeasure)[0]).toMatchObject({ low: 0.2, high: 0.9, kind: "range" });
});

it("every figure of scores says n, and draws a range as such", () => {
  const all = figures.filter((figure) => figure.applies(sweep) && figure.name !== "bytes-read");
  expect(all.length).toBeGreaterThan(2);
  for (const figure of all) {
    const text = JSON.stringify(figure.spec(sweep, { title: "", published: [] }));
    expect(text, figure.name).toMatch(/n=3\b/);
    expect(text, figure.name).toContain("range of fewer than 10 trials");
  }
});

it("tables means by variant and length, or by users where there are budgets", () => {
  const [table] = scoreTables(sweep);
  expect(table).toMatchObject({ panel: "graphwalks-bfs", columns: ["4K", "64K", "1M"] });
  expect(table!.lines.map(({ series, cells }) => [series, cells.length])).toEqual(
    variants.map((name) => [name, 3]),
  );
  expect(table!.lines[0]!.cells[1]).toMatchObject({ mean: 0.5, low: 0.5, high: 0.5, trials: 3 });
  expect(scoreTables(budgeted)[0]).toMatchObject({
    panel: "graphwalks-bfs: gb200-nvl72, deepseek-v3",
    columns: ["1M, 100 users", "1M, 400 users"],
    lines: [{ cells: [{ mean: expect.any(Number) as number }, undefined] }, { cells: [{}, undefined] }],
  });
});
