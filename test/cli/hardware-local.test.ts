import { expect, it, vi } from "vitest";
import { main } from "../../src/cli/program.ts";

async function json(line: string): Promise<unknown> {
  const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
  try {
    expect(await main([...line.split(" "), "--json"])).toBe(0);
    return JSON.parse(log.mock.calls.flat().join("\n"));
  } finally {
    vi.restoreAllMocks();
  }
}

it("attnsim hardware local measures this machine and its kernels", async () => {
  const { system, predictions } = (await json("hardware local --shrink 64 --repeats 1 --threads 1")) as {
    system: { gpu: Readonly<Record<string, { value: number; unit: string; source: { title: string } }>> };
    predictions: readonly Readonly<Record<string, number | string>>[];
  };
  expect(system.gpu["hbmBandwidth"]!.value).toBeGreaterThan(1e8);
  expect(system.gpu["bf16"]).toMatchObject({ unit: "FLOP/s" });
  expect(system.gpu["hbm"]!.source.title).toMatch(/^measured on this machine: /);
  expect(predictions.map(({ kernel }) => kernel)).toContain("decode-q1-16384x128");
  for (const { measuredSeconds, predictedSeconds, slowestSeconds } of predictions) {
    expect(predictedSeconds).toBeGreaterThan(0);
    expect(slowestSeconds).toBeGreaterThanOrEqual(Number(measuredSeconds));
  }
});

it("--system local is this machine, which has one processor and no links", async () => {
  const { rows } = (await json(
    "hardware memory --system local --model llama-3.1-8b --context 4K --set gpu.hbm=64GB",
  )) as { rows: readonly Readonly<Record<string, number | string>>[] };
  expect(rows).toMatchObject([{ system: "local" }]);
  // passes of 8,192 tokens: 2 x 11 x 4,096 B each
  const taken = 400e6 + 8192 * 2 * 11 * 4096 + Number(rows[0]!["weightBytes"]);
  expect(rows[0]!["availableBytes"]).toBeCloseTo(0.9 * (64e9 - taken), -1);
});
