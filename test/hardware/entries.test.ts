import { describe, expect, it } from "vitest";
import type { Quantity } from "../../src/core/units.ts";
import { models } from "../../src/hardware/models/all.ts";
import { parametersOf } from "../../src/hardware/parameters.ts";
import { quantitiesOf, unreadOf } from "../../src/hardware/quantities.ts";
import { override } from "../../src/hardware/overrides.ts";
import { systems } from "../../src/hardware/systems/all.ts";

/** Every bare number inside an entry, by path: there must be none outside quantities. */
function bareNumbers(value: unknown, path: string): string[] {
  if (typeof value === "number") return [path];
  if (typeof value !== "object" || value === null || "unit" in value) return [];
  return Object.entries(value).flatMap(([key, inner]) => bareNumbers(inner, `${path}.${key}`));
}

describe.each([...systems, ...models])("entry $name", (entry) => {
  it("holds numbers only as quantities with a public source", () => {
    expect(bareNumbers(entry, entry.name)).toEqual([]);
    const quantities = quantitiesOf(entry);
    expect(quantities.length).toBeGreaterThan(8);
    for (const [path, { value, source }] of quantities) {
      expect(value, path).toBeGreaterThan(0);
      expect(source.title, path).not.toBe("");
      expect(source.url, path).toMatch(/^https:\/\//);
    }
  });
});

describe("systems", () => {
  it("add up to what NVIDIA states for a rack", () => {
    const rack = (
      name: string,
      pick: (gpu: ReturnType<typeof systems.get>["gpu"]) => Quantity | undefined,
    ): number => {
      const system = systems.get(name);
      return system.gpus.value * pick(system.gpu)!.value;
    };
    expect(rack("gb200-nvl72", (gpu) => gpu.hbmBandwidth)).toBe(576e12);
    expect(rack("gb200-nvl72", (gpu) => gpu.fp4)).toBe(720e15);
    expect(rack("gb300-nvl72", (gpu) => gpu.fp4)).toBe(1080e15);
    expect(rack("gb200-nvl72", (gpu) => gpu.fp8)).toBe(360e15);
    expect(rack("gb200-nvl72", (gpu) => gpu.hbmMarketed)).toBeCloseTo(13.4e12, -11);
    expect(2 * rack("gb300-nvl72", (gpu) => gpu.nvlink)).toBeCloseTo(130e12, -12);
  });

  it.each([
    ["h100", 81_559],
    ["h200", 143_771],
    ["b200", 183_359],
    ["b300", 275_040],
    ["gb200-nvl72", 189_471],
    ["gb300-nvl72", 284_208],
  ])("%s has the HBM that its driver reports: %i MiB", (name, mebibytes) => {
    const { hbm } = systems.get(name).gpu;
    expect(hbm.value).toBe(mebibytes * 2 ** 20);
    expect(hbm.note).toContain("reported by the driver");
  });

  it("have a network of one NIC for each GPU", () => {
    const gigabits = [...systems].map(({ name, gpu }) => [name, (8 * gpu.nic!.value) / 1e9]);
    expect(Object.fromEntries(gigabits)).toEqual({
      h100: 400,
      h200: 400,
      b200: 400,
      b300: 800,
      "gb200-nvl72": 400,
      "gb300-nvl72": 800,
      "vera-rubin": 1600,
    });
  });

  it("mark every number that was not read at its source", () => {
    for (const entry of [...systems, ...models])
      for (const [path, { source, note = "" }] of quantitiesOf(entry)) {
        const text = [source.title, source.where, note].join(" ");
        if (/not read|nothing read|quoted|restates|projection/.test(text))
          expect(source.unread, `${entry.name} ${path}: ${text}`).toBe(true);
      }
    expect(unreadOf(systems.get("vera-rubin")).unread).toContain("gpu.bf16");
    expect(unreadOf(systems.get("gb200-nvl72")).unread).toEqual([]);
    expect(unreadOf(override(systems.get("vera-rubin"), ["gpu.bf16=4PFLOP/s"])).unread).not.toContain(
      "gpu.bf16",
    );
  });

  it("are refused by an unknown name with the known ones", () => {
    expect(() => systems.get("gb200")).toThrow('unknown system "gb200"; known: h100, h200, b200');
  });

  it("take a user's numbers in place of their own and leave the rest", () => {
    const own = systems.get("gb200-nvl72");
    const other = override(own, ["gpu.hbm=288GB", "gpu.nvlink=3600GB/s"]);
    expect(other.gpu.hbm.value).toBe(288e9);
    expect(other.gpu.hbm.source.title).toBe("given by the user");
    expect(other.gpu.nvlink?.value).toBe(3.6e12);
    expect(other.gpu.hbmBandwidth).toBe(own.gpu.hbmBandwidth);
    expect(override(own, [])).toEqual(own);
  });
});

describe("parameters", () => {
  // makers round: half of the last digit that they give, and 1.5% for norms, biases and vision
  const near = (count: number, published: number): boolean => {
    let digit = 1;
    while (published % (digit * 10) === 0) digit *= 10;
    return Math.abs(count - published) <= 0.015 * published + Math.min(digit / 2, 0.2 * published);
  };

  it.each([...models])("of $name, counted from dimensions, are the published ones", (model) => {
    const { total, active, head, embeddings } = parametersOf(model);
    const { published } = model;
    // Meta counts the token embedding among the active ones; others do not, and some count the output head
    const counts = model.name.startsWith("llama-4") ? [active - head + embeddings] : [active, active - head];
    expect(near(total, published!.parameters.value), `${total} in all`).toBe(true);
    if (published!.active)
      expect(
        counts.some((count) => near(count, published!.active!.value)),
        `${active} active`,
      ).toBe(true);
  });
});
