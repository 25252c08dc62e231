import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mean, median } from "../../../src/core/stats.ts";
import { readTrialRows } from "../../../src/files/csv.ts";
import { TensorFile } from "../../../src/files/tensor-file.ts";
import { measureCapture } from "../../../src/studies/capture/run.ts";
import type { CaptureAnswer } from "../../../src/studies/capture/run.ts";
import { variantLosses } from "../../../src/studies/capture/tables.ts";
import { attnsim } from "../../cli/attnsim.ts";

// a transformer of one layer, trained on associative recall in 64 tokens and captured on 256: scripts/trained-capture.ts
const path = join(import.meta.dirname, "data/trained.safetensors");
const [tokens, d, heads, pairs] = [256, 32, 2, 64];

/**
 * Variants, and how far the reader's recall of facts may be from the trained transformer's. The tolerances were set while
 * looking at this one capture; Quest's is wide, since the reader's Quest finds less than the trained transformer's.
 */
const tolerances = {
  "moba(block=16,k=4)": 0.1,
  "moba(block=16,k=8)": 0.1,
  "quest(budget=64)": 0.22,
  "sink-window(window=60)": 0.05,
  "oracle(k=16)": 0.12,
  "dsa(k=64)": 0.05,
};
const variants = Object.keys(tolerances);

const folder = mkdtempSync(join(tmpdir(), "attnsim-"));
afterAll(() => rmSync(folder, { recursive: true }));
const reader = join(folder, "reader.json");

let answer: CaptureAnswer;
beforeAll(async () => {
  answer = await measureCapture({
    capture: path,
    variant: variants,
    queries: 128,
    phase: "decode",
    engine: "wasm",
    threads: 1,
    out: reader,
  });
}, 120_000);

/** All numbers of a tensor of the capture, and its metadata. */
function whole(name: string): { numbers: Float32Array; metadata: Readonly<Record<string, string>> } {
  const file = TensorFile.open(path, name);
  try {
    const numbers = new Float32Array(file.shape.reduce((a, b) => a * b));
    file.read(0, numbers);
    return { numbers, metadata: file.metadata() };
  } finally {
    file.close();
  }
}

describe("a capture of a trained transformer that says what its queries ask for", () => {
  it("has the matches and weights that plain sums over its keys give", () => {
    const [{ numbers: q, metadata }, { numbers: k }] = [whole("q"), whole("k")];
    const facts = JSON.parse(metadata["matches"]!) as { query: number; source: number }[];
    expect(facts).toHaveLength(pairs);
    for (let h = 0; h < heads; h++) {
      const plain = facts.map(({ query, source }) => {
        const logits = Array.from({ length: query + 1 }, (_, token) => {
          let product = 0;
          for (let c = 0; c < d; c++)
            product += q[(h * tokens + query) * d + c]! * k[(h * tokens + token) * d + c]!;
          return product / Math.sqrt(d);
        });
        const rest = logits.slice(4);
        const spread = Math.sqrt(mean(rest.map((logit) => (logit - mean(rest)) ** 2)));
        const all = logits.reduce((sum, logit) => sum + Math.exp(logit - logits[source]!), 0);
        return { match: (logits[source]! - mean(rest)) / spread, weight: 1 / all };
      });
      const { match, weight } = answer.heads[h]!.fact!;
      expect(Math.abs(median(plain.map((own) => own.match)) - match)).toBeLessThan(0.02);
      expect(Math.abs(median(plain.map((own) => own.weight)) - weight)).toBeLessThan(1e-4);
      const retrieving = plain.filter((own) => own.weight > 0.5).length / pairs;
      expect(answer.heads[h]!.retrieving).toBe(retrieving);
    }
  });

  it("is far from the default reader: matches of 2.7, in keys of few directions", () => {
    expect(answer.facts).toBe(pairs);
    expect(answer.reader.ofFacts).toBe(true);
    expect(Math.abs(answer.reader.margin - 2.7)).toBeLessThan(0.1);
    const { fidelity, sharpness, coherence } = answer.reader.params;
    expect(Math.abs(fidelity * Math.sqrt(d) - answer.reader.margin)).toBeLessThan(0.01);
    expect(sharpness).toBeGreaterThan(4);
    expect(coherence).toBe(0);
    for (const { effectiveRank, meanShare } of answer.heads) {
      expect(effectiveRank).toBeLessThan(d / 2);
      expect(meanShare).toBeLessThan(0.1);
    }
  });

  it("has two retrieval heads of two, although its facts are near", () => {
    expect(answer.heads.map(({ isRetrieval }) => isRetrieval)).toEqual([true, true]);
    for (const { retrieving } of answer.heads) expect(retrieving).toBeGreaterThan(0.5);
  });

  it("loses no fact by exact selection, and nearly all by a window", () => {
    const lost = new Map(
      variantLosses(answer.losses).map(({ variant, factRecall }) => [variant, factRecall!]),
    );
    expect(lost.get("dsa(k=64)")).toBe(1);
    expect(lost.get("oracle(k=16)")).toBe(1);
    expect(lost.get("sink-window(window=60)")).toBeLessThan(0.1);
    expect(lost.get("moba(block=16,k=4)")).toBeLessThan(lost.get("moba(block=16,k=8)")!);
  });
});

describe("the reader that it gives", () => {
  /** Recall of a variant in a run of the command line on as many pairs in as many tokens. */
  async function recalls(name: string, words: readonly string[]): Promise<number[]> {
    const out = join(folder, name);
    const { code, err } = await attnsim(
      ...["run", "--task", `mqar(pairs=${pairs},vocabulary=260)`, "--tokens", `${tokens}`, "--trials", "4"],
      ...["--workers", "1", "--threads", "1", "--kv-heads", `${heads}`, "--out", out],
      ...variants.flatMap((variant) => ["--variant", variant]),
      ...words,
    );
    expect([code, code === 0 ? "" : err]).toEqual([0, ""]);
    const rows = readTrialRows(join(out, "data.csv"));
    return variants.map((variant) =>
      mean(rows.filter((row) => row.variant === variant).map(({ recall }) => recall!)),
    );
  }

  it("is given straight to run, and predicts what variants lose where the default reader does not", async () => {
    const trained = variantLosses(answer.losses).map(({ factRecall }) => factRecall!);
    const errors = (found: readonly number[]): number[] =>
      found.map((recall, i) => Math.abs(recall - trained[i]!));
    const own = errors(await recalls("own", ["--config", reader, "--geometry", "none"]));
    for (const [i, tolerance] of Object.values(tolerances).entries())
      expect([variants[i], own[i]! <= tolerance]).toEqual([variants[i], true]);
    const usual = errors(await recalls("usual", []));
    expect(mean(own)).toBeLessThan(mean(usual) / 2);
  }, 240_000);

  it("runs as it is written too, with keys that follow the text", async () => {
    const found = await recalls("text", ["--config", reader]);
    expect(found.every((recall) => recall >= 0 && recall <= 1)).toBe(true);
    expect(found[0]!).toBeLessThan(0.9);
  }, 240_000);
});
