import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { formatView } from "../../src/cli/print/view.ts";
import { loadEngine } from "../../src/engines/registry.ts";
import { makeTrial } from "../../src/trial/make-trial.ts";
import { viewTrial } from "../../src/trial/view/view-trial.ts";
import { attnsim, attnsimJson } from "./attnsim.ts";

const asked = [
  ...["show", "--task", "ruler(task=niah_single_2)", "--tokens", "1500"],
  ...["--variant", "sink-window(sinks=4,window=64)", "--head-dim", "32", "--kv-heads", "2", "--threads", "1"],
];

interface ShownView {
  readonly row: { readonly recall: number; readonly variant: string };
  readonly looked: number;
  readonly queries: readonly {
    readonly sentence: string;
    readonly gold: readonly { readonly position: number; readonly text: string }[];
    readonly bins: readonly { readonly from: number; readonly to: number; readonly read: number }[];
  }[];
}

it("prints why a needle is missed, and writes rows and a picture", async () => {
  const folder = mkdtempSync(join(tmpdir(), "show-"));
  const [csv, svg, png] = ["reads.csv", "reads.svg", "reads.png"].map((name) => join(folder, name));
  const { code, out } = await attnsim(...asked, "--csv", csv!, "--out", svg!);
  expect(code).toBe(0);
  expect(out).toMatch(
    /not selected: it stands [\d,]+ tokens back, outside the first 4 and the last 64 tokens/,
  );
  const [header, ...lines] = readFileSync(csv!, "utf8").trimEnd().split("\n");
  expect(header).toBe("query,step,name,position,text,read,score,rank,weight,gold,exactWeight,exactRank");
  // what is read, and the needle; texts may hold line breaks
  expect(lines.filter((line) => line.startsWith("0,0,")).length).toBe(69);
  expect(lines.filter((line) => line.includes(",true,")).length).toBe(1);
  const picture = readFileSync(svg!, "utf8");
  expect(picture).toContain("outside the first 4 and");
  expect(picture).toContain("not read");
  expect((await attnsim(...asked, "--out", png!)).code).toBe(0);
  expect(readFileSync(png!).subarray(1, 4).toString()).toBe("PNG");
});

it("gives programs positions in bins, gold positions and the sentence", async () => {
  const { row, looked, queries } = await attnsimJson<ShownView>(...asked);
  expect([looked, row.recall, row.variant]).toEqual([1, 0, "sink-window(sinks=4,window=64)"]);
  const [{ gold, bins, sentence }] = queries as [ShownView["queries"][number]];
  expect(sentence).toMatch(/^not selected/);
  expect(gold[0]!.text).toMatch(/magic number/);
  expect(bins.reduce((sum, { from, to, read }) => sum + (to - from) * read, 0)).toBeCloseTo(68, 6);
});

it("refuses a picture of another format before it runs, and a task without a name", async () => {
  const { code, err } = await attnsim(...asked, "--out", "reads.pdf");
  expect(code).toBe(2);
  expect(err).toContain("--out must end in .svg or .png; got reads.pdf");
  expect((await attnsim("show", "--variant", "dense", "--tokens", "4K")).code).toBe(2);
});

it("fits 80 columns", async () => {
  const ops = await loadEngine("wasm", { threads: 1 });
  const cases = [
    ["graphwalks", "snapkv(budget=1024)", "8K"],
    ["mrcr(needles=2)", "moba(block=64,k=4)", "6000"],
    ["ruler(task=cwe)", "kda", "3K"],
  ] as const;
  for (const [task, variant, tokens] of cases) {
    const trial = makeTrial({ task, variant, tokens, reader: { headDim: 64, kvHeads: 2 } });
    const lines = formatView(viewTrial(trial, { ops }), 80).split("\n");
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    expect(lines.length).toBeGreaterThan(10);
  }
  ops.close();
});
