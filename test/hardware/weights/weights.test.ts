import { describe, expect, it } from "vitest";
import { weightBytesByPart, weightBytesPerGpu } from "../../../src/deployment/weights.ts";
import { machineOf } from "../../../src/hardware/kernels/machine.ts";
import { gemm } from "../../../src/hardware/kernels/gemm.ts";
import { moe } from "../../../src/hardware/kernels/moe.ts";
import { models } from "../../../src/hardware/models/all.ts";
import { parseParallel } from "../../../src/hardware/parallel.ts";
import { weightCounts, parametersOf } from "../../../src/hardware/parameters.ts";
import { systems } from "../../../src/hardware/systems/all.ts";
import { usualWeights, weightsOf } from "../../../src/hardware/weights/choice.ts";
import { weightPartNames } from "../../../src/hardware/weights/parts.ts";

const gb200 = systems.get("gb200-nvl72");
const h200 = systems.get("h200");

/** Bytes of all weights of a model on one GPU. */
function wholeBytes(name: string, weights: string): number {
  const model = models.get(name);
  const parallel = parseParallel("tp=1", model);
  return weightBytesPerGpu({ model, weights: weightsOf(model, gb200, weights), parallel, routing: "even" });
}

describe("bytes of weights", () => {
  const sized = [...models].flatMap(({ name, published }) =>
    published?.bytes ? [{ name, bytes: published.bytes.value }] : [],
  );

  it.each(sized)("of $name as shipped are those of its files", ({ name, bytes }) => {
    expect(wholeBytes(name, "as-shipped") / bytes).toBeGreaterThan(0.995);
    expect(wholeBytes(name, "as-shipped") / bytes).toBeLessThan(1.005);
  });

  it("of Kimi-K2.5 as shipped are those of INT4 experts in groups of 32 and bf16 elsewhere", () => {
    const model = models.get("kimi-k2.5");
    const { routed, total } = parametersOf(model);
    const wide = 2 * (total - routed + weightCounts(model).norms);
    expect(wholeBytes("kimi-k2.5", "as-shipped")).toBeCloseTo(routed * (0.5 + 2 / 32) + wide, -3);
  });

  it("of a part follow its own format, and a text for the whole model leaves the other parts", () => {
    const model = models.get("deepseek-v3");
    const counts = weightCounts(model);
    const bytes = wholeBytes("deepseek-v3", "nvfp4,experts=mxfp4+attention=bf16");
    const change = counts.experts * (0.53125 - 0.5625) + counts.attention * (2 - 0.5625);
    expect(bytes - wholeBytes("deepseek-v3", "nvfp4")).toBeCloseTo(change, -3);
  });

  it("count redundant copies of experts, and whole routers on every GPU", () => {
    const model = models.get("deepseek-v3");
    const weights = weightsOf(model, gb200, "fp8");
    const at = (parallel: string, copies?: number) =>
      weightBytesByPart({
        model,
        weights,
        parallel: parseParallel(parallel, model),
        routing: copies === undefined ? "even" : { exponent: 1.01, copies },
      });
    expect(at("dp=32", 32).get("experts")! / at("dp=32").get("experts")!).toBeCloseTo(1 + 32 / 256, 12);
    expect(at("dp=32").get("router")).toBe(at("tp=8").get("router"));
    expect(at("tp=8").get("attention")).toBe(at("dp=32").get("attention")! / 8);
  });

  it("add up to the counted parameters and norms in every model", () => {
    for (const model of models) {
      const counts = weightCounts(model);
      const sum = weightPartNames.reduce((total, part) => total + counts[part], 0);
      expect((sum - counts.norms) / parametersOf(model).total, model.name).toBeCloseTo(1, 12);
    }
  });
});

describe("usual weights", () => {
  it.each([
    ["gpt-oss-120b", "as-shipped"],
    ["kimi-k2.5", "as-shipped"],
    ["deepseek-v4-pro", "as-shipped"],
    ["deepseek-v3", "nvfp4"],
    ["llama-3.1-8b", "nvfp4"],
  ])("of %s on a GPU with FP4: %s", (name, expected) => {
    expect(usualWeights(gb200, models.get(name))).toBe(expected);
  });

  it("are fp8 on a GPU without FP4", () => {
    expect(usualWeights(h200, models.get("deepseek-v3"))).toBe("fp8");
  });
});

describe("precision of products", () => {
  const product = (name: string, system = gb200, text = "as-shipped") =>
    weightsOf(models.get(name), system, text);

  it("is W4A8 for MXFP4 on GPUs with FP4 and W4A16 without", () => {
    expect(product("gpt-oss-120b").experts.product).toBe("w4a8-mxfp4");
    expect(product("gpt-oss-120b", h200).experts.product).toBe("w4a16-mxfp4");
    expect(product("gpt-oss-120b").attention.product).toBe("bf16");
    expect(product("gpt-oss-120b", gb200, "experts=mxfp4:w4a16").experts.product).toBe("w4a16-mxfp4");
  });

  it("is bf16 for widened weights: the rate of bf16, and the bytes of 4 bits", () => {
    const ideal = machineOf(gb200, "ideal");
    const large = { m: 65_536, n: 8192, k: 8192 };
    const wide = gemm(ideal, { ...large, dtype: "w4a16-int4" });
    expect(wide.seconds).toBeCloseTo(gemm(ideal, { ...large, dtype: "bf16" }).seconds, 9);
    const experts = { hidden: 7168, intermediate: 2048, experts: 384, load: { pairs: 8, touched: 8 } };
    const one = { ...experts, tokens: 1, tensorParallel: 1, expertParallel: 1 } as const;
    const [int4, bf16] = (["w4a16-int4", "bf16"] as const).map((dtype) => moe(ideal, { ...one, dtype }));
    const weights = 8 * 3 * 7168 * 2048;
    expect(bf16!.bytes - int4!.bytes).toBeCloseTo(weights * (2 - 0.5625), 0);
  });
});

describe("weightsOf refuses", () => {
  it.each([
    ["nvfp5", /must be bf16, fp8, .*got "nvfp5"/],
    ["fp8,bf16", /both for the whole model/],
    ["heads=fp8", /no part "heads"; known: attention, experts/],
    ["experts=fp3", /format of experts must be one of bf16/],
    ["experts=fp8,experts=bf16", /given twice/],
    ["experts=mxfp4:w8a8", /multiplied in w4a16 or w4a8; got "w8a8"/],
    ["nvidia/DeepSeek-R9", /no weights "nvidia\/DeepSeek-R9"; known: as-shipped, deepseek-ai\/DeepSeek-V3/],
  ])("%s", (text, message) => {
    expect(() => weightsOf(models.get("deepseek-v3"), gb200, text)).toThrow(message);
  });
});
