import { describe, expect, it } from "vitest";
import { systemFrom } from "../../../src/hardware/config/user.ts";
import { closestFirst, constantsFor, setOf } from "../../../src/hardware/constants/choose.ts";
import { frameworks } from "../../../src/hardware/constants/set.ts";
import { constantSets } from "../../../src/hardware/constants/sets/all.ts";
import { trtllmBlackwell } from "../../../src/hardware/constants/sets/trtllm-blackwell.ts";
import { expertExchangeKernel } from "../../../src/hardware/kernels/expert-exchange.ts";
import { gemm, gemmKernel } from "../../../src/hardware/kernels/gemm.ts";
import { machineOf } from "../../../src/hardware/kernels/machine.ts";
import { override } from "../../../src/hardware/overrides.ts";
import { architectures } from "../../../src/hardware/system.ts";
import type { System } from "../../../src/hardware/system.ts";
import { systems } from "../../../src/hardware/systems/all.ts";

const own = (data: object): System => systemFrom(data, "mine.yaml", "mine", systems);

describe("sets of constants", () => {
  it("are one for each engine and architecture", () => {
    const pairs = [...constantSets].map(({ framework, architecture }) => `${framework} ${architecture}`);
    expect(new Set(pairs).size).toBe(pairs.length);
    for (const framework of frameworks)
      for (const architecture of architectures)
        expect(setOf(framework, architecture)).toMatchObject({ framework, architecture });
  });

  it.each([...constantSets].map((set) => [set.name, set] as const))(
    "%s: measured on systems of its own architecture, and each engine says its version",
    (_, set) => {
      const names = Object.keys(set.systems);
      expect(names.length).toBeGreaterThan(0);
      for (const name of names) {
        expect(systems.get(name).architecture).toBe(set.architecture);
        const { notes } = machineOf(systems.get(name), "measured", set);
        expect(notes[0]).toMatch(new RegExp(`${set.version}, fitted to kernels measured on ${name}$`));
      }
    },
  );

  it("a system takes those of its architecture", () => {
    expect(constantsFor(systems.get("h200")).name).toBe("trtllm-hopper");
    expect(constantsFor(systems.get("b300"), "vllm").name).toBe("vllm-blackwell");
  });

  it("stands in for kernels that its engine was not measured with, and says which", () => {
    const machine = machineOf(systems.get("h200"), "measured", setOf("sglang", "hopper"));
    const exchange = machine.constants(expertExchangeKernel, "dispatch one-sided");
    expect(exchange).toEqual(
      trtllmBlackwell.systems["gb200-nvl72"]!["expert-exchange"]!["dispatch one-sided"],
    );
    expect(machine.notes).toContainEqual(
      expect.stringMatching(/^not measured with this engine, so of TensorRT-LLM .* on Hopper: .*collective/),
    );
    expect(machine.notes).toContainEqual(expect.stringMatching(/on Blackwell: .*expert-exchange/));
    expect(machine.notes.join()).not.toContain("nvfp4");
  });

  it("differ in what they predict", () => {
    const shape = { m: 64, n: 4096, k: 4096, dtype: "bf16" } as const;
    const seconds = frameworks.map(
      (framework) =>
        gemm(machineOf(systems.get("h100"), "measured", setOf(framework, "hopper")), shape).seconds,
    );
    expect(new Set(seconds).size).toBe(frameworks.length);
  });

  it("Hopper refuses NVFP4, which it does not multiply", () => {
    const machine = machineOf(systems.get("h200"));
    expect(() => gemm(machine, { m: 1, n: 1024, k: 1024, dtype: "nvfp4" })).toThrow("h200 has no gpu.fp4");
  });
});

describe("a system of one's own", () => {
  const h20 = { extends: "h100", name: "h20", gpu: { hbmBandwidth: "4TB/s", bf16: "148TFLOP/s" } };

  it("takes the architecture of the system it extends, and the closest system's constants", () => {
    const system = own(h20);
    expect(constantsFor(system).name).toBe("trtllm-hopper");
    expect(machineOf(system).notes[0]).toMatch(
      /^no kernels were measured on h20: efficiencies of TensorRT-LLM .* on h100, /,
    );
  });

  it("may name another architecture, which changing a quantity keeps", () => {
    const system = own({ ...h20, architecture: "blackwell" });
    expect(constantsFor(override(system, ["gpu.hbm=96GB"])).name).toBe("trtllm-blackwell");
  });

  it("without one is like Blackwell if it multiplies FP4, and like Hopper otherwise", () => {
    const rates = { hbm: "96GB", hbmBandwidth: "4TB/s", bf16: "148TFLOP/s", fp8: "296TFLOP/s" };
    const reserved = { share: 0.9, runtime: "4GB", collectives: "1GB" };
    const alone = (gpu: object): System => own({ gpus: 1, gpu, reserved });
    expect(constantsFor(alone(rates)).name).toBe("trtllm-hopper");
    expect(constantsFor(alone({ ...rates, fp4: "592TFLOP/s" })).name).toBe("trtllm-blackwell");
  });

  it("of another architecture is refused with the known ones", () => {
    expect(() => own({ ...h20, architecture: "ampere" })).toThrow(
      'mine.yaml: architecture must be one of hopper, blackwell; got "ampere"',
    );
  });

  it("is closest to the system with the rates most like its own", () => {
    const b300 = systems.get("b300");
    expect(closestFirst(b300, trtllmBlackwell)[0]).toBe("gb300-nvl72");
    expect(machineOf(b300).constants(gemmKernel, "bf16")).toEqual(
      trtllmBlackwell.systems["gb300-nvl72"]!["gemm"]!["bf16"],
    );
  });
});
