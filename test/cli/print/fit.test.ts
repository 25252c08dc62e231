import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { formatTable } from "../../../src/cli/print/table.ts";
import { attnsim } from "../attnsim.ts";

const widest = (text: string): number => Math.max(...text.split("\n").map((line) => line.length));

describe("a table that is wider than the terminal", () => {
  const titles = ["system", "model", "users", "step", "links"];
  const rows = [
    ["gb200-nvl72", "deepseek-v3", 1, "12.4 ms", "1 ms"],
    ["gb200-nvl72", "deepseek-v3", 64, "22.4 ms", "2 ms"],
  ];

  it("says above it what all rows share, before it leaves anything out", () => {
    const text = formatTable(titles, rows, { width: 40, spare: ["links"] });
    expect(text.split("\n").slice(0, 3)).toEqual([
      "system: gb200-nvl72",
      "",
      "model        users     step  links",
    ]);
    expect(text).not.toContain("left out");
  });

  it("leaves out the least important columns, and says so", () => {
    const lines = formatTable(titles, rows, { width: 20, spare: ["links", "step"] }).split("\n");
    expect(lines[0]).toBe("system: gb200-nvl72, model: deepseek-v3");
    expect(lines).toContain("users     step");
    expect(lines.at(-1)).toBe("left out: links; --wide shows all");
  });

  it("breaks a last column of text", () => {
    const text = formatTable(
      ["name", "summary"],
      [
        ["dense", "every query reads every key of the whole context before it"],
        ["dsa", "an index"],
      ],
      { width: 40 },
    );
    expect(widest(text)).toBeLessThanOrEqual(40);
    expect(text.replace(/\s+/g, " ")).toContain("every query reads every key of the whole context before it");
    expect(text.split("\n").at(-1)).toBe("dsa    an index");
  });

  it("becomes a block for each row where nothing else helps", () => {
    const many = Array.from({ length: 12 }, (_, i) => `column ${i}`);
    const text = formatTable(many, [many.map((_, i) => i * 1000), many.map((_, i) => i)], { width: 40 });
    expect(widest(text)).toBeLessThanOrEqual(40);
    const blocks = text.split("\n\n");
    expect(blocks).toHaveLength(2);
    expect(blocks[1]!.split("\n")[11]).toBe("column 11  11");
  });

  it("is whole where there is room", () => {
    expect(formatTable(titles, rows, { width: 200 })).toBe(formatTable(titles, rows));
  });
});

describe("a terminal", () => {
  const { isTTY, columns } = process.stdout;
  let width = 80;
  beforeEach(() => {
    Object.defineProperty(process.stdout, "isTTY", { value: true, configurable: true });
    Object.defineProperty(process.stdout, "columns", { get: () => width, configurable: true });
  });
  afterEach(() => {
    Object.defineProperty(process.stdout, "isTTY", { value: isTTY, configurable: true });
    Object.defineProperty(process.stdout, "columns", { value: columns, configurable: true });
  });

  const rack = ["--system", "gb200-nvl72,gb300-nvl72", "--model", "deepseek-v3,llama-3.1-8b"];
  const tables = [
    ["hardware", "memory", ...rack],
    ["hardware", "decode", ...rack, "--gpus", "8", "--context", "4K,128K"],
    ["hardware", "prefill", ...rack, "--gpus", "8", "--context", "4K,8K"],
    ["hardware", "serve", "--system", "h200", "--model", "llama-3.1-8b", "--batch", "1,8", "--input", "8K"],
    ["hardware", "show", "gb200-nvl72"],
    ["list", "variants"],
    ["engines"],
  ];
  const tableOf = (out: string): string => out.split(/\n(?:columns|assumed):/)[0]!;

  it.each(
    tables.flatMap((words) => [80, 120].map((at) => [words.slice(0, 2).join(" "), at, words] as const)),
  )("%s fits %i columns", async (_, at, words) => {
    width = at;
    const { code, out } = await attnsim(...words);
    expect(code).toBe(0);
    const table = tableOf(out)
      .split("\n")
      .filter((line) => !/^(left out|system:|prices|\S+: |the |first |same )/.test(line));
    expect(widest(table.join("\n"))).toBeLessThanOrEqual(at);
  });

  it("shows all with --wide, and so does a pipe", async () => {
    width = 80;
    const words = tables[1]!;
    const whole = (await attnsim(...words, "--wide")).out;
    expect(widest(tableOf(whole))).toBeGreaterThan(120);
    Object.defineProperty(process.stdout, "isTTY", { value: false, configurable: true });
    expect((await attnsim(...words)).out).toBe(whole);
  });
});
