import { describe, expect, it } from "vitest";
import { entriesOf, kinds, kindsOf } from "../../src/catalog.ts";
import { attnsim, attnsimJson } from "./attnsim.ts";

type Named = readonly { readonly name: string; readonly summary: string; readonly usable?: boolean }[];

it("gives a name to one entry, to a model and its layer plan, or to `none` of two kinds", () => {
  for (const name of kinds.flatMap((kind) => entriesOf(kind).names())) {
    const named = kindsOf(name);
    if (named.length > 1)
      expect(named).toEqual(name === "none" ? ["shapings", "geometries"] : ["variants", "models"]);
    for (const kind of named) expect(entriesOf(kind).get(name).name).toBe(name);
  }
  expect(kindsOf("kimi-k3")).toHaveLength(2);
});

it("every entry has a name that one can type, a summary and a source", () => {
  for (const kind of kinds)
    for (const { name, summary, sources } of entriesOf(kind)) {
      expect(name).toMatch(/^[a-z0-9][a-z0-9.-]*$/);
      expect(summary.length).toBeGreaterThan(10);
      expect(summary).not.toMatch(/\.$/);
      expect(sources.length).toBeGreaterThan(0);
      for (const { title, url } of sources) {
        expect(title).not.toBe("");
        expect(url).toMatch(/^https:\/\//);
      }
    }
});

describe("attnsim list", () => {
  it("lists everything, by kind", async () => {
    const lists = await attnsimJson<Readonly<Record<string, Named>>>("list");
    expect(Object.keys(lists)).toEqual([...kinds, "engines", "constants"]);
    for (const kind of kinds) expect(lists[kind]!.map(({ name }) => name)).toEqual(entriesOf(kind).names());
  });

  it("lists one kind, as a table", async () => {
    const { code, out } = await attnsim("list", "systems");
    expect(code).toBe(0);
    expect(out).toMatch(/^systems +summary\n-+ +-+\n/);
    expect(out).toMatch(/^gb200-nvl72 +72 Blackwell/m);
    expect(out).not.toContain("dense");
  });
});

describe("attnsim engines", () => {
  it("says which are usable", async () => {
    const engines = await attnsimJson<Named>("engines");
    const usable = engines.filter((engine) => engine.usable).map(({ name }) => name);
    expect(usable).toEqual(expect.arrayContaining(["wasm", "reference"]));
  });

  it("gives a reason for each that is not", async () => {
    const { out } = await attnsim("engines");
    for (const [, name] of out.matchAll(/^(\w+) +no\b/gm))
      expect(out).toMatch(new RegExp(`^${name!}: \\S+`, "m"));
    expect(out).toMatch(/^wasm +yes/m);
  });
});

describe("attnsim describe", () => {
  interface Described {
    readonly kind: string;
    readonly shape: { readonly tokens: number; readonly bytesPerElement: number };
    readonly cost: { readonly keptBytes: number; readonly kvReadBytes: number };
    readonly spec: string;
  }

  const named = kinds.flatMap((kind) =>
    entriesOf(kind)
      .names()
      .map((name) => ({ name, kind })),
  );

  it.each(named)("$name of $kind: summary and sources", async ({ name, kind }) => {
    const { code, out } = await attnsim("describe", name, "--kind", kind);
    const entry = entriesOf(kind).get(name);
    expect(code).toBe(0);
    expect(out.startsWith(`${name}: ${entry.summary}\n`)).toBe(true);
    for (const { url } of entry.sources) expect(out).toContain(url);
    expect(out).not.toMatch(/undefined|NaN|\[object/);
    expect(await attnsimJson<Described>("describe", name, "--kind", kind)).toMatchObject({ kind, name });
  });

  it("describes a layer plan and the model of its name", async () => {
    const described = await attnsimJson<Described[]>("describe", "kimi-k3");
    expect(described.map(({ kind }) => kind)).toEqual(["variants", "models"]);
  });

  it("refuses a kind that a name is not of", async () => {
    const { code, err } = await attnsim("describe", "quest", "--kind", "tasks");
    expect([code, err]).toEqual([
      2,
      expect.stringContaining('unknown kind of "quest" "tasks"; known: variants'),
    ]);
  });

  it("costs a variant at a shape", async () => {
    const shape = ["--tokens", "1M", "--query-heads", "128", "--kv-heads", "2", "--head-dim", "64"];
    const described = await attnsimJson<Described>(
      "describe",
      "oracle(k=100)",
      ...shape,
      "--kv-dtype",
      "fp8",
    );
    expect(described.shape).toEqual({
      tokens: 2 ** 20,
      queryHeads: 128,
      kvHeads: 2,
      headDim: 64,
      bytesPerElement: 1,
    });
    expect(described.cost).toMatchObject({ keptBytes: 2 * 2 ** 20 * 2 * 64, kvReadBytes: 2 * 100 * 2 * 64 });
  });

  it("takes the kv dtype from a spec, and parameters", async () => {
    const described = await attnsimJson<Described>("describe", "oracle(k=100)+nvfp4");
    expect([described.spec, described.shape.bytesPerElement]).toEqual([
      "oracle(k=100,shared=false)+nvfp4",
      0.5625,
    ]);
  });

  it("tables parameters with what they allow", async () => {
    const { out } = await attnsim("describe", "quest");
    expect(out).toMatch(/^parameter +default +allowed +meaning$/m);
    expect(out).toMatch(/^page +16 +an integer >= 1 /m);
  });

  it("sends to the list of engines, and says what a plan's costs are means of", async () => {
    const engine = await attnsim("describe", "wasm");
    expect(engine.code).toBe(2);
    expect(engine.err).toContain('"wasm" is an engine; see attnsim engines');
    const plan = await attnsim("describe", "kimi-k3", "--kind", "variants");
    expect(plan.out).toContain("mean of the layers, one sequence");
    const single = await attnsim("describe", "quest");
    expect(single.out).toContain("one layer, one sequence");
    expect(single.out).not.toContain("host memory");
  });
});

it.each([
  "list systems",
  "describe vera-rubin",
  "hardware show vera-rubin",
  "hardware memory --system vera-rubin --model deepseek-v3 --context 64K",
  "hardware decode --system vera-rubin --model deepseek-v3 --context 64K --users 1",
])("%s says which numbers were not read at their source", async (line) => {
  expect((await attnsim(...line.split(" "))).out).toMatch(
    /unread at their source, quoted elsewhere or assumed: numbers of vera-rubin \(all but reserved\.share/,
  );
  const other = line.replaceAll("vera-rubin", "gb300-nvl72");
  if (line !== other) expect((await attnsim(...other.split(" "))).out).not.toContain("unread");
});
