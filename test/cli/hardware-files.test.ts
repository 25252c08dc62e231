import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readCsv } from "../../src/files/csv.ts";
import { override } from "../../src/hardware/overrides.ts";
import { systems } from "../../src/hardware/systems/all.ts";
import { emptyFolder } from "../runs/folder.ts";
import { attnsim, attnsimJson } from "./attnsim.ts";

const on = ["--system", "h200", "--model", "llama-3.1-8b"];
const tables = [
  ["hardware", "memory", ...on],
  ["hardware", "decode", ...on],
  ["hardware", "prefill", ...on],
  ["hardware", "serve", ...on, "--batch", "1,8", "--input", "4K"],
  ["hardware", "serve", ...on, "--batch", "8", "--rate", "1", "--requests", "4", "--input", "4K"],
  ["hardware", "pareto", ...on, "--batch", "1,8", "--input", "4K"],
  ["hardware", "show", "h200"],
  ["hardware", "validate"],
];

describe("every hardware table", () => {
  it.each(tables.map((words) => [words.slice(1, 2).join(" "), words] as const))(
    "%s is written as CSV and drawn",
    async (_, words) => {
      const folder = emptyFolder();
      const [csv, figure] = [join(folder, "rows.csv"), join(folder, "rows.svg")];
      const { code, err } = await attnsim(...words, "--csv", csv, "--figure", figure);
      expect([code, err.replace(/warning: .*\n/, "")]).toEqual([0, ""]);
      const json: unknown = JSON.parse((await attnsim(...words, "--json")).out);
      const rows = Array.isArray(json) ? (json as object[]) : (json as { rows?: object[] }).rows;
      if (rows !== undefined) expect(readCsv(csv, [])).toHaveLength(rows.length);
      expect(readFileSync(figure, "utf8")).toContain("<svg");
    },
  );

  it("refuses a figure of another format", async () => {
    const { code, err } = await attnsim(...tables[0]!, "--figure", join(emptyFolder(), "rows.jpg"));
    expect([code, err]).toEqual([2, expect.stringContaining("--figure must end in .svg or .png; got ")]);
  });
});

describe("a sweep", () => {
  interface SweptRow {
    readonly availableBytes: number;
    readonly usersPerRack: number;
    readonly change: number;
    readonly "gpu.hbm": string;
  }
  const memory = (...words: string[]) =>
    attnsimJson<{ rows: readonly SweptRow[] }>("hardware", "memory", ...on, "--context", "128K", ...words);

  it("shows what a quantity changes, against its own value", async () => {
    const { rows } = await memory("--sweep", "gpu.hbm=50%,100%,200%");
    expect(rows.map((row) => row["gpu.hbm"])).toEqual(["50%", "100%", "200%"]);
    const [half, whole, twice] = rows.map((row) => row.usersPerRack) as [number, number, number];
    expect(rows.map((row) => row.change)).toEqual([half / whole - 1, 0, twice / whole - 1]);
    expect(half).toBeLessThan(whole / 2);
    const given = (await memory()).rows[0]!;
    expect(whole).toBe(given.usersPerRack);
  });

  it("takes values with their units, compared with the first", async () => {
    const { rows } = await memory("--sweep", "gpu.hbm=100GB,141GB");
    const [first, second] = rows as [SweptRow, SweptRow];
    expect(first.change).toBe(0);
    expect(second.change).toBe(second.usersPerRack / first.usersPerRack - 1);
    const alone = (await memory("--set", "gpu.hbm=100GB")).rows[0]!;
    expect(first.availableBytes).toBe(alone.availableBytes);
  });

  it("stands in the table beside its change", async () => {
    const words = ["hardware", "decode", ...on, "--context", "128K", "--users", "8"];
    const { out } = await attnsim(...words, "--sweep", "gpu.hbmBandwidth=100%,200%");
    expect(out.split("\n")[0]).toMatch(/gpu\.hbmBandwidth {2}change$/);
    // twice the bandwidth: a faster step
    expect(out).toMatch(/200% +-\d+%$/m);
  });

  it.each([
    ["gpu.hbm", 'a sweep is PATH=VALUES, such as gpu.nvlink=50%,100%,200%; got "gpu.hbm"'],
    ["gpu.hbm=-5%", "must be a share > 0"],
    ["gpu.hbn=50%", "did you mean gpu.hbm?"],
  ])("is refused: %s", async (sweep, message) => {
    const { code, err } = await attnsim("hardware", "memory", ...on, "--sweep", sweep);
    expect([code, err]).toEqual([2, expect.stringContaining(message)]);
  });
});

it("sets a quantity as a share of the system's own", () => {
  const h200 = systems.get("h200");
  expect(override(h200, ["gpu.hbmBandwidth=150%"]).gpu.hbmBandwidth.value).toBe(
    1.5 * h200.gpu.hbmBandwidth.value,
  );
  expect(() => override(h200, ["host.memory=50%"])).toThrow("h200 has no host.memory to take 50% of");
});
