import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, vi } from "vitest";
import { main } from "../../src/cli/program.ts";
import type { TraceSummary } from "../../src/hardware/serving/trace.ts";

const folder = mkdtempSync(join(tmpdir(), "serving-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function run(line: string): Promise<{ code: number; out: string; err: string }> {
  const [out, err] = (["log", "error"] as const).map((method) =>
    vi.spyOn(console, method).mockImplementation(() => undefined),
  );
  try {
    const code = await main(line.split(" "));
    return { code, out: out!.mock.calls.flat().join("\n"), err: err!.mock.calls.flat().join("\n") };
  } finally {
    vi.restoreAllMocks();
  }
}

type Row = Readonly<Record<string, number | string | null> & { ttftSeconds: { p50: number } }>;

const rowsOf = async (line: string): Promise<Row[]> =>
  (JSON.parse((await run(`${line} --json`)).out) as { rows: Row[] }).rows;

const on = "--system gb200-nvl72 --model deepseek-v3";

describe("attnsim hardware prefill", () => {
  it("takes less time with a cached prefix, and explains each kernel", async () => {
    const line = `hardware prefill ${on} --context 64K --parallel tp=8`;
    const [plain] = await rowsOf(line);
    const [cached] = await rowsOf(`${line} --cache-hits 0.75`);
    expect(cached!["computedTokens"]).toBe(16_384);
    expect(Number(cached!["seconds"])).toBeLessThan(Number(plain!["seconds"]) / 2);
    const { out } = await run(`${line} --explain`);
    expect(out).toContain("deepseek-v3 on gb200-nvl72, dense, 65536 tokens, tp=8,ep=8");
    expect(out).toMatch(/MLA prefill, 16 query heads .*exponentials/);
  });
});

describe("attnsim hardware decode", () => {
  it("takes a division that is given, and else one that is at least as fast", async () => {
    const line = `hardware decode ${on} --context 128K --users 64`;
    const [given] = await rowsOf(`${line} --parallel kvp=8`);
    const [found] = await rowsOf(`${line} --gpus 8`);
    expect(given).toMatchObject({ parallel: "kvp=8,ep=8", gpus: 8 });
    expect(Number(found!["seconds"])).toBeLessThanOrEqual(Number(given!["seconds"]));
    const [drafted] = await rowsOf(`${line} --parallel kvp=8 --mtp 1 --acceptance 0.9`);
    expect(Number(drafted!["seconds"])).toBeGreaterThan(Number(given!["seconds"]));
    expect(Number(drafted!["tpotSeconds"])).toBeCloseTo(Number(drafted!["seconds"]) / 1.9, 9);
  });
});

describe("attnsim hardware serve", () => {
  it("prices what it serves, by the system's rental or another", async () => {
    const line = `hardware serve ${on} --input 8K --output 512 --batch 64 --parallel dp=8 --apart --prefill-parallel dp=4`;
    const [own] = await rowsOf(line);
    const [twice] = await rowsOf(`${line} --price 6.6`);
    expect(own).toMatchObject({ divided: "dp=8,ep=8", prefillDivided: "dp=4,ep=4" });
    expect(Number(twice!["dollarsPerMillionOutput"])).toBeCloseTo(
      2 * Number(own!["dollarsPerMillionOutput"]),
      9,
    );
    const { out } = await run(line);
    expect(out).toContain("every request: 8192 tokens in, 512 out, 0 of them before the answer");
  });

  it("replays a trace, and the same arrivals for the same seed", async () => {
    const path = join(folder, "trace.csv");
    writeFileSync(path, "arrival_s,input_tokens,output_tokens,user\n0,4096,8,a\n0.5,8192,4,b\n");
    const line = `hardware serve ${on} --parallel dp=8 --batch 8`;
    const [traced] = await rowsOf(`${line} --trace ${path}`);
    expect(traced!["requests"]).toBe(2);
    expect(traced!.ttftSeconds.p50).toBeGreaterThan(0);
    const drawn = `${line} --input 2K --output 16 --rate 4 --requests 20`;
    expect(await rowsOf(`${drawn} --seed 1`)).toEqual(await rowsOf(`${drawn} --seed 1`));
    expect(await rowsOf(`${drawn} --seed 1`)).not.toEqual(await rowsOf(`${drawn} --seed 2`));
  });

  it.each([
    ["--think 512 --output 512 --parallel dp=8", "think tokens must be an integer in [0, 511]"],
    ["--trace missing.csv --parallel dp=8", "missing.csv"],
    ["--parallel tp=4,ep=3", "ep must divide the 4 GPUs of a stage; got 3"],
    ["--cache-hits 1 --parallel dp=8", "cache hit rate must be in [0, 1); got 1"],
    ["--profile fast", 'unknown profile "fast"; known: measured, ideal'],
  ])("%s is wrong usage, and says so", async (options, message) => {
    const { code, err } = await run(`hardware serve ${on} --batch 1 ${options}`);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });

  describe("a trace of its own lengths", () => {
    const trace = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    const three = trace("three.csv", `arrival_s,input_tokens,output_tokens\n${"0,9000,30\n".repeat(3)}`);
    const small = "hardware serve --system h100 --model llama-3.1-8b";

    it("is judged by them, and not by --input and --batch", async () => {
      // a prompt of --input would not fit one GPU, and neither would 4096 requests at once
      const line = `${small} --parallel tp=1 --trace ${three}`;
      const [own] = await rowsOf(line);
      expect(own).toMatchObject({ divided: "tp=1", requests: 3, tokens: 9030 });
      expect(await rowsOf(`${line} --input 1M`)).toEqual(await rowsOf(line));
      const [capped] = await rowsOf(`${line} --batch 4096`);
      expect(capped!.ttftSeconds).toEqual(own!.ttftSeconds);
      const { out } = await run(line);
      expect(out).toContain("a request: 9000 tokens in, 30 out");
      expect(out).not.toContain("every request: 131072");
    });

    it("that fits nowhere says the length that does not fit", async () => {
      const long = trace("long.csv", "arrival_s,input_tokens,output_tokens\n0,9000,30\n1,4000000,50\n");
      const { code, err } = await run(`${small} --parallel tp=1 --trace ${long} --beyond`);
      expect([code, err.trimEnd()]).toEqual([
        2,
        "error: the longest request, of 4000050 tokens, does not fit llama-3.1-8b on h100 as tp=1",
      ]);
    });

    it("may be JSONL as Mooncake's, in milliseconds, or with the keys of the CSV", async () => {
      const lines = (rows: readonly object[]): string =>
        rows.map((row) => `${JSON.stringify(row)}\n`).join("");
      const csv = trace("same.csv", "arrival_s,input_tokens,output_tokens\n27.482,6955,52\n30.535,6472,26\n");
      const mooncake = trace(
        "mooncake.jsonl",
        lines([
          { timestamp: 27482, input_length: 6955, output_length: 52, hash_ids: [46] },
          { timestamp: 30535, input_length: 6472, output_length: 26, hash_ids: [46] },
        ]),
      );
      const own = trace(
        "own.jsonl",
        lines([
          { arrival_s: 27.482, input_tokens: 6955, output_tokens: 52 },
          { arrival_s: 30.535, input_tokens: 6472, output_tokens: 26 },
        ]),
      );
      const rowOf = async (path: string) => rowsOf(`${small} --parallel tp=1 --trace ${path}`);
      const wanted = await rowOf(csv);
      expect(wanted[0]!["requests"]).toBe(2);
      expect(await rowOf(`${mooncake} --prefix-cache off`)).toEqual(wanted);
      // one block of 512 tokens of the second prompt is found
      const [cached] = await rowOf(mooncake);
      expect(cached).toMatchObject({ prefix: { promptTokens: 13_427, hbmTokens: 512, evictedBlocks: 0 } });
      expect(await rowOf(own)).toEqual(wanted);
      for (const [text, message] of [
        [
          '{"prompt": "hello"}',
          /line 1 has the keys prompt; a trace is CSV with .*timestamp \(milliseconds\)/,
        ],
        [
          '{"timestamp": 1, "input_length": "9", "output_length": 1}',
          /input_length must be a number; got "9"/,
        ],
        ['{"timestamp": 1,', /line 1 is no JSON object; a trace is/],
      ] as const) {
        const { code, err } = await run(`${small} --trace ${trace("bad.jsonl", text)}`);
        expect([code, err]).toEqual([2, expect.stringMatching(message)]);
      }
    });
  });

  it("replays a closed loop of users, and shows what a prefix cache holds", async () => {
    const path = join(folder, "turns.jsonl");
    const turn = (i: number): object => ({
      timestamp: 0,
      input_length: 1024 * (i + 1),
      output_length: 8,
      hash_ids: Array.from({ length: 2 * (i + 1) }, (_, b) => b),
    });
    writeFileSync(path, [0, 1, 2, 3].map((i) => `${JSON.stringify(turn(i))}\n`).join(""));
    const line = "hardware serve --system gb200-nvl72 --model llama-3.1-8b --parallel tp=1 --trace";
    const [row] = await rowsOf(`${line} ${path} --users 1 --think-time 2`);
    // each prompt is longer by two blocks than the one before it
    expect(row).toMatchObject({ requests: 4, prefix: { promptTokens: 10_240, hbmTokens: 6144 } });
    expect(Number(row!["requestsPerSecond"])).toBeLessThan(0.7);
    const { out } = await run(`${line} ${path} --users 1 --think-time 2`);
    expect(out).toMatch(/hits HBM.*hits host.*evicted/);
    expect(out).toContain("1 users of a replica, each with one request at a time; they think for 2 s");
    expect(out).toContain(" 60% ");
    const drawn = await rowsOf(
      `hardware serve ${on} --parallel dp=8 --input 2K --output 8 --requests 6 --users 2`,
    );
    expect(drawn[0]).toMatchObject({ requests: 6 });
  });

  it.each([
    ["--think-time 1 --rate 1", "--think-time is of the users of a closed loop; give --users too"],
    ["--users 2 --rate 1", "leave --rate out"],
    ["--users 2 --slo ttft-p99=2s", "leave --users out"],
    ["--rate 1 --prefix-cache disk", 'unknown tier of the prefix cache "disk"; known: off, hbm, host'],
  ])("%s is wrong usage, and says so", async (options, message) => {
    const { code, err } = await run(`hardware serve ${on} --parallel tp=8 --batch 1 ${options}`);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });

  it("says the batch that its numbers belong to, where prompts come too slowly or caches do not fit", async () => {
    const line = `hardware serve ${on} --parallel dp=8`;
    const [few, many] = await rowsOf(`${line} --input 16K --output 8 --batch 4,512`);
    expect([few!["batch"], few!["asked"]]).toEqual([4, 4]);
    // a prompt takes two passes, and its other tokens 7: five waves of eight
    expect([many!["batch"], many!["asked"]]).toEqual([40, 512]);
    const capped = `${line} --input 128K --batch 4096`;
    const [row] = await rowsOf(capped);
    const [batch, held, room] = ["batch", "kvBytes", "kvCapacity"].map((name) => Number(row![name]));
    expect(held).toBeLessThanOrEqual(room!);
    // one more in each of the 8 groups would not fit
    expect((held! * (batch! + 8)) / batch!).toBeGreaterThan(room!);
    const { out } = await run(capped);
    expect(out).toContain(` ${batch} of 4096 `);
  });

  it("finds the largest rate that keeps service levels, of drawn requests and of a trace", async () => {
    const line = `hardware serve ${on} --parallel tp=8 --batch 16`;
    const drawn = `${line} --input 2K --output 32 --requests 60`;
    const [loose] = await rowsOf(`${drawn} --slo ttft-p99=1s,tpot-p99=100ms`);
    const [tight] = await rowsOf(`${drawn} --slo ttft-p99=200ms,tpot-p99=16ms`);
    expect(Number(tight!["goodput"])).toBeLessThan(Number(loose!["goodput"]));
    expect(Number(tight!["goodputPerGpu"])).toBeCloseTo(Number(tight!["goodput"]) / 8, 12);
    const { tpotSeconds, requestSeconds } = tight as unknown as TraceSummary;
    expect(tpotSeconds.p99).toBeLessThanOrEqual(0.016);
    expect(requestSeconds.p50).toBeGreaterThan(0);
    expect(await rowsOf(`${drawn} --slo ttft-p99=200ms,tpot-p99=16ms`)).toEqual([tight]);

    const path = join(folder, "levels.csv");
    const rows = Array.from({ length: 40 }, (_, i) => `${i},2048,32\n`);
    writeFileSync(path, `arrival_s,input_tokens,output_tokens\n${rows.join("")}`);
    const [traced] = await rowsOf(`${line} --trace ${path} --slo tpot-p99=16ms`);
    expect(Number(traced!["goodput"])).toBeGreaterThan(1);
    const [none] = await rowsOf(`${line} --trace ${path} --slo ttft-p50=1ms`);
    expect(none!["goodput"]).toBeNull();
    const { out } = await run(`${line} --trace ${path} --slo ttft-p50=1ms`);
    expect(out).toMatch(/ none .* - /);
    expect(out).toContain("levels: TTFT p50 <= 1 ms");
  });

  it.each([
    ["--slo ttft-p95=2s", 'unknown service level "ttft-p95"; known: ttft-mean, ttft-p50'],
    ["--slo ttft-p99=2s --rate 1", "leave --rate out"],
    ["--slo ttft-p99=2s --apart", "leave --apart out"],
  ])("%s is wrong usage, and says so", async (options, message) => {
    const { code, err } = await run(`hardware serve ${on} --parallel tp=8 --batch 1 ${options}`);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });

  it("replays prompts of which a step may do a fraction of a token", async () => {
    const [row] = await rowsOf(`hardware serve ${on} --parallel dp=8 --rate 0.1 --requests 12 --batch 64`);
    // NaN and Infinity are null in JSON
    expect(row!.ttftSeconds.p50).toBeGreaterThan(0);
    expect(Object.entries(row!).filter(([name, value]) => name !== "longest" && value === null)).toEqual([]);
    expect(JSON.stringify(row)).not.toMatch(/"p\d\d":null/);
  });

  it("names what a trace lacks", async () => {
    const path = join(folder, "other.csv");
    writeFileSync(path, "arrival_s,tokens\n0,4096\n");
    const { code, err } = await run(`hardware serve ${on} --parallel dp=8 --trace ${path}`);
    expect(code).toBe(2);
    expect(err).toContain(
      "has the columns arrival_s, tokens; a trace is CSV with the columns arrival_s, input_tokens",
    );
  });
});

describe("attnsim hardware pareto", () => {
  it("lists plans of falling user speed and growing tokens a GPU, and writes all that were tried", async () => {
    const out = join(folder, "pareto");
    const { err } = await run(
      `hardware pareto ${on} --input 4K --output 256 --gpus 8 --batch 4,64,512 --out ${out} --json`,
    );
    expect(err).toContain("pareto.png");
    const [header, ...lines] = readFileSync(join(out, "data.csv"), "utf8").trim().split("\n");
    const cells = (line: string): string[] => line.replaceAll(/"[^"]*"/g, "q").split(",");
    const at = (name: string): number => header!.split(",").indexOf(name);
    const front = lines
      .map(cells)
      .filter((row) => row[at("onFront")] === "true")
      .map((row) => [Number(row[at("tokensPerSecondPerUser")]), Number(row[at("outputPerGpu")])] as const)
      .sort((a, b) => b[0] - a[0]);
    expect(lines.length).toBeGreaterThan(front.length);
    expect(front.length).toBeGreaterThan(2);
    for (let i = 1; i < front.length; i++) expect(front[i]![1]).toBeGreaterThanOrEqual(front[i - 1]![1]);
  });
});
