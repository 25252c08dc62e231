import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { FileErrors } from "../../src/hardware/constants/fit/errors.ts";
import { attnsim, attnsimJson } from "./attnsim.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "attnsim-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const put = (name: string, ...lines: string[]): void => {
  writeFileSync(join(folder, name), `${lines.join("\n")}\n`);
};
const heading = "system,dtype,m,n,k,latency_ms";

describe("attnsim hardware validate", () => {
  it("gives rows, median, 90th percentile and the worst row of each file, as fractions", async () => {
    put(
      "gemm.csv",
      heading,
      "gb200-nvl72,bfloat16,1,2048,16384,0.015892",
      "gb300-nvl72,nvfp4,64,4096,4096,1",
    );
    put("custom-allreduce.csv", "system,dtype,gpus,elements,latency_ms", "gb200-nvl72,half,8,256,0.004");
    const errors = await attnsimJson<FileErrors[]>("hardware", "validate", "--kernels", folder);
    expect(errors.map(({ file, rows }) => [file, rows])).toEqual([
      ["gemm.csv", 2],
      ["custom-allreduce.csv", 1],
    ]);
    const { medianAbsError, p90AbsError, worst } = errors[0]!;
    expect(worst.row["m"]).toBe("64");
    expect(worst.absError).toBeGreaterThan(0.9); // 1 ms is a hundred times too long
    expect(worst.absError).toBeCloseTo(1 - worst.predictedSeconds / 1e-3, 12);
    expect(p90AbsError).toBeLessThan(worst.absError);
    expect(medianAbsError).toBeLessThan(p90AbsError);
  });

  it("reads values that the package's files do not have", async () => {
    put(
      "moe.csv",
      "system,dtype,tokens,hidden,intermediate,top_k,experts,tp,ep,distribution,latency_ms",
      "gb300-nvl72,nvfp4,7,7168,3072,16,896,1,72,power_law_1.5,0.1",
      "gb200-nvl72,fp8,1,2880,2880,4,128,3,128,balanced,0.1",
    );
    put(
      "gqa-decode.csv",
      "system,dtype,batch,query_heads,kv_heads,head_dim,window,context_tokens,latency_ms",
      "gb200-nvl72,nvfp4,3,71,1,256,1024,100,0.1",
      "gb200-nvl72,fp8_e4m3,1000,64,8,192,0,1048576,1",
    );
    put(
      "dsa-module-decode.csv",
      "system,model,weight_dtype,kv_dtype,query_heads,batch,context_tokens,latency_ms",
      "gb300-nvl72,nvidia/GLM-5.2-NVFP4,nvfp4,nvfp4,8,1,1,0.1",
    );
    const errors = await attnsimJson<FileErrors[]>("hardware", "validate", "--kernels", folder);
    expect(errors).toHaveLength(3);
    expect(errors.every(({ worst }) => Number.isFinite(worst.predictedSeconds))).toBe(true);
  });

  it("prints a table of the package's own files", async () => {
    const { code, out } = await attnsim("hardware", "validate", "--held-out");
    expect(code).toBe(0);
    expect(out).toMatch(/^file +rows +median error +90th percentile +worst +of the row/);
    expect(out).toMatch(/gqa-prefill\.csv +\d+ +[\d.]+% +[\d.]+% +[\d.]+% +line \d+: gb[23]00-nvl72/);
  });

  it.each([
    ["other.csv", ["a,b", "1,2"], "no operator is known for other.csv"],
    ["gemm.csv", ["system,dtype,m,n,latency_ms", "gb200-nvl72,nvfp4,1,2,1"], 'gemm.csv: no column "k"'],
    [
      "gemm.csv",
      [heading, "gb200-nvl72,int3,1,2,3,1"],
      'gemm.csv, line 2: dtype is "int3"; allowed: bfloat16',
    ],
    ["gemm.csv", [heading, "gb200-nvl72,fp8,0,2,3,1"], 'm is "0"; allowed: a number >= 1'],
    ["gemm.csv", [heading, "gb200-nvl72,fp8,1,2,3,"], 'latency_ms is ""'],
    ["gemm.csv", [heading, "tpu,fp8,1,2,3,1"], 'unknown system "tpu"; known: '],
    ["gemm.csv", [heading], "has no rows"],
    ["gemm.csv", [heading, "gb200-nvl72,fp8"], "is torn or no CSV"],
    ["readme.md", ["nothing"], "has no CSV files; known: gemm.csv"],
  ])("%s that is wrong is refused with the reason (%#)", async (name, lines, message) => {
    put(name, ...lines);
    const { code, err } = await attnsim("hardware", "validate", "--kernels", folder);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });

  it("refuses a folder that is not there", async () => {
    const { code, err } = await attnsim("hardware", "validate", "--kernels", join(folder, "none"));
    expect(code).toBe(2);
    expect(err).toContain("cannot read the folder");
  });
});

describe("attnsim hardware fit", () => {
  const rows = [1, 2, 4, 8, 16, 32, 64, 128].map(
    (mega) => `gb200-nvl72,bfloat16,2,${mega * 500_000},${(0.5 + (mega * 1e6) / 300e6).toFixed(6)}`,
  );

  it("writes constants that validate takes, the same every time, and says how far they are", async () => {
    put("custom-allreduce.csv", "system,dtype,gpus,elements,latency_ms", ...rows);
    const out = join(folder, "constants.json");
    const line = ["hardware", "fit", "--kernels", folder, "--out", out];
    expect((await attnsim(...line)).out).toMatch(/custom-allreduce\.csv +\d +[\d.]+%.*written to /s);
    const text = readFileSync(out, "utf8");
    await attnsim(...line);
    expect(readFileSync(out, "utf8")).toBe(text);
    const validate = ["hardware", "validate", "--kernels", folder];
    const [own] = await attnsimJson<FileErrors[]>(...validate);
    const [fitted] = await attnsimJson<FileErrors[]>(...validate, "--constants", out);
    expect(fitted!.medianAbsError).toBeLessThan(0.05);
    expect(own!.medianAbsError).toBeGreaterThan(0.5); // these latencies are invented: half a millisecond for nothing
  });

  it("writes a module where the name says so", async () => {
    put("custom-allreduce.csv", "system,dtype,gpus,elements,latency_ms", ...rows);
    const out = join(folder, "fitted.ts");
    await attnsim("hardware", "fit", "--kernels", folder, "--out", out);
    expect(readFileSync(out, "utf8")).toMatch(
      /export const trtllmBlackwellFit: FittedConstants = \{\s+"gb200-nvl72": \{/,
    );
  });
});
