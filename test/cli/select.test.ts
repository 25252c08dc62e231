import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { attnsim, attnsimJson } from "./attnsim.ts";

const folder = mkdtempSync(join(tmpdir(), "attnsim-"));
afterAll(() => rmSync(folder, { recursive: true }));
const table = join(folder, "prices.yaml");
writeFileSync(
  table,
  `source: mine
models:
  slow: { input: 1, output: 2, context: 1000000, firstToken: 4, tokensPerSecond: 50, taskTokens: 1000 }
  quick: { input: 2, output: 4, context: 1000000, firstToken: 1, tokensPerSecond: 100, taskTokens: 400 }
  small: { input: 0.1, output: 0.1, context: 8192, firstToken: 0.1, tokensPerSecond: 100, taskTokens: 400 }
  unknown: { firstToken: 0.1 }
`,
);

interface Printed {
  readonly models: readonly {
    readonly model: string;
    readonly cost?: number;
    readonly answer?: number;
    readonly firstToken?: number;
    readonly refused: readonly string[];
    readonly gaps: readonly string[];
    readonly scores: readonly {
      readonly benchmark: string;
      readonly column: string;
      readonly covers: boolean;
    }[];
  }[];
}

const select = (line: string): Promise<Printed> => attnsimJson<Printed>("select", ...line.split(" "));

describe("attnsim select", () => {
  it("ranks by cost what fits, then what does not", async () => {
    const { models } = await select(`--prompt 100000 --requests 10 --prices ${table}`);
    expect(models.map(({ model }) => model)).toEqual(["slow", "quick", "unknown", "small"]);
    expect(models[0]!.cost).toBeCloseTo(10 * 0.102, 12);
    expect(models[1]!.cost).toBeCloseTo(10 * 0.2016, 12);
    expect(models[1]!.answer).toBeCloseTo(1 + 400 / 100, 12);
    expect(models[3]!.refused).toEqual(["too small: it holds 8192 tokens; 100400 are needed"]);
    expect(models[2]!.gaps).toEqual(["input", "output", "output tokens of the task", "context", "scores"]);
  });

  it("ranks by latency, hidden reasoning before the first token, within the target", async () => {
    const { models } = await select(
      `--prompt 1000 --output-tokens 100 --think 200 --latency 3 --by latency --prices ${table}`,
    );
    expect(models.map(({ model }) => model)).toEqual(["small", "quick", "unknown", "slow"]);
    expect(models[1]!.firstToken).toBeCloseTo(3, 12);
    expect(models[3]!.refused).toEqual(["too slow: the first token comes after 8 s; allowed: 3 s"]);
  });

  it("shows the published scores that apply at the prompt's length", async () => {
    const { models } = await select("--prompt 200K");
    const scores = models.find(({ model }) => model === "GPT-5.4")!.scores;
    expect(scores).toContainEqual(
      expect.objectContaining({ benchmark: "mrcr-v2-8needle", column: "128K-256K", covers: true }),
    );
    // not the pooled row of another metric
    expect(scores).toContainEqual(
      expect.objectContaining({ benchmark: "graphwalks-bfs", column: "256K", score: 0.625, covers: false }),
    );
  });

  it("prints sources and gaps", async () => {
    const { code, out } = await attnsim("select", "--prompt", "200K", "--latency", "2");
    expect(code).toBe(0);
    expect(out).toContain("GPT-5.5 is too slow: the first token comes after 3 s; allowed: 2 s");
    expect(out).toContain("Claude Opus 4.7: nobody stated input, output");
    expect(out).toContain("prices and latency: GPT-5.5 Deep Dive, https://");
  });

  it("gives no rank to a model of which nobody stated what a demand needs", async () => {
    const { models } = await select("--prompt 200K --latency 2");
    const unsure = models.find(({ model }) => model === "GPT-5.4")!;
    expect(unsure).toMatchObject({ unsure: ["latency"], refused: [] });
    const { out } = await attnsim("select", "--prompt", "200K", "--latency", "2");
    expect(out).toMatch(/^ *- +GPT-5\.4 /m);
    expect(out).toContain("GPT-5.4 has no rank: nothing says whether it meets --latency");
    // without the demand it has one
    expect((await attnsim("select", "--prompt", "200K")).out).toMatch(/^ *1 +GPT-5\.4 /m);
  });

  it.each([
    ["", "--prompt"],
    ["--prompt 8K --by taste", "Allowed choices are cost, latency"],
    ["--prompt 8K --latency 0", "allowed: a number > 0"],
  ])("refuses %j", async (line, message) => {
    const { code, err } = await attnsim("select", ...line.split(" ").filter(Boolean));
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});
