import { describe, expect, it } from "vitest";
import { override, systemQuantities } from "../../src/hardware/overrides.ts";
import { quantitiesOf } from "../../src/hardware/quantities.ts";
import { hostBandwidth, neededOf } from "../../src/hardware/system.ts";
import { systems } from "../../src/hardware/systems/all.ts";

const [h100, gb200] = [systems.get("h100"), systems.get("gb200-nvl72")];

describe.each([...systems])("$name", (system) => {
  it("holds the quantities that can be set, in their units", () => {
    for (const [path, { unit }] of quantitiesOf(system))
      expect(systemQuantities[path]?.unit, path).toBe(unit);
  });

  it("takes any of its quantities by path", () => {
    for (const [path, { value, unit }] of quantitiesOf(system)) {
      const set = override(system, [`${path}=${value / 2}${unit === "1" ? "" : unit}`]);
      const after = new Map(quantitiesOf(set));
      expect(after.get(path)?.value).toBe(value / 2);
      expect(after.get(path)?.source.title).toBe("given by the user");
      expect(after.size).toBe(quantitiesOf(system).length);
    }
  });
});

describe("override", () => {
  it("gives a system what it lacks", () => {
    expect(override(h100, ["gpu.fp4=1.978PFLOP/s"]).gpu.fp4?.value).toBe(1.978e15);
    const hosted = override(h100, [
      "host.processors=4",
      "host.memory=480GB",
      "host.memoryBandwidth=500GB/s",
      "host.c2c=450GB/s",
      "host.toGpu=380GB/s",
    ]);
    expect(hostBandwidth(hosted)).toBe(250e9);
  });

  it.each([
    [
      "gpu.fp7=1PFLOP/s",
      'no quantity "gpu.fp7" (in "gpu.fp7=1PFLOP/s"); known: gpus, gpu.hbmMarketed, gpu.hbm,',
    ],
    ["gpu.hbm", '"gpu.hbm" has no value; write gpu.hbm=VALUE in B'],
    ["gpu.hbm=288", 'gpu.hbm must be a number > 0 in B, with a prefix or without (288GB); got "288"'],
    ["gpu.hbm=288GB/s", 'got "288GB/s"'],
    ["gpu.hbm=-1GB", 'got "-1GB"'],
    ["gpu.fp8=fastPFLOP/s", 'got "fastPFLOP/s"'],
    ["gpus=8GB", 'gpus must be a number > 0; got "8GB"'],
    ["host.memory=1TB", "system h100 lacks host.processors, host.memoryBandwidth, host.c2c, host.toGpu"],
  ])("refuses %s", (setting, message) => {
    expect(() => override(h100, [setting])).toThrow(message);
  });

  it("refuses a path given twice", () => {
    expect(() => override(h100, ["gpus=8", "gpus=16"])).toThrow("gpus is given twice");
  });
});

describe("a part that a system lacks", () => {
  it("is refused with the reason", () => {
    expect(() => neededOf(h100, "gpu.fp4", "weights in nvfp4")).toThrow(
      "h100 has no gpu.fp4, which weights in nvfp4 would need; give it with --set",
    );
    expect(() => hostBandwidth(h100)).toThrow("h100 has no host");
    expect(neededOf(gb200, "gpu.fp4", "").value).toBe(10e15);
  });
});

it("GPUs get no more from the host than its memory gives", () => {
  expect(hostBandwidth(gb200)).toBe(389e9 / 2);
  expect(hostBandwidth(override(gb200, ["host.toGpu=150GB/s"]))).toBe(150e9);
  expect(hostBandwidth(override(gb200, ["host.memoryBandwidth=1TB/s"]))).toBe(201e9);
});
