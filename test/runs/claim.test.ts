import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { claimFolder } from "../../src/runs/claim.ts";
import { folderNameOf } from "../../src/runs/config.ts";
import { attnsim } from "../cli/attnsim.ts";
import { emptyFolder } from "./folder.ts";

const run = (out: string, ...words: string[]) =>
  attnsim("run", "--task", "graphwalks", "--mode", "mean-field", "--trials", "2", "--out", out, ...words);

const read = (folder: string, file: string): string => readFileSync(join(folder, file), "utf8");

describe("a folder that holds results", () => {
  it("takes more of the same plan, and refuses another one without --force", async () => {
    const out = emptyFolder();
    expect((await run(out, "--variant", "dense", "--tokens", "4K")).code).toBe(0);
    expect((await run(out, "--variant", "dense,quest", "--tokens", "4K,8K")).code).toBe(0);
    const before = read(out, "data.csv");
    expect(before.trim().split("\n")).toHaveLength(1 + 2 * 2 * 2);
    expect(existsSync(join(out, "accuracy.png"))).toBe(true);

    const refused = await run(out, "--variant", "dense", "--tokens", "4K");
    expect(refused.code).toBe(2);
    expect(refused.err).toContain(
      "holds 6 trials that this plan does not ask for; give another --out, or --force",
    );
    expect(read(out, "data.csv")).toBe(before);

    expect((await run(out, "--variant", "dense", "--tokens", "4K", "--force")).code).toBe(0);
    expect(read(out, "data.csv").trim().split("\n")).toHaveLength(1 + 2);
    // one length makes no curve: the picture of the plan before would stand beside rows that it does not show
    expect(existsSync(join(out, "accuracy.png"))).toBe(false);
  });

  it("refuses to write over rows that were edited", async () => {
    const out = emptyFolder();
    const words = ["--variant", "dense", "--tokens", "4K"];
    await run(out, ...words);
    const written = read(out, "data.csv");
    writeFileSync(join(out, "data.csv"), written.replaceAll("\n", "\r\n"));
    expect((await run(out, ...words)).code).toBe(0);
    writeFileSync(join(out, "data.csv"), `${written.trim().split("\n").slice(0, 2).join("\n")}\n`);
    const { code, err } = await run(out, ...words);
    expect(code).toBe(2);
    expect(err).toContain("holds a data.csv that was edited after it was written");
    expect((await run(out, ...words, "--force")).code).toBe(0);
    expect(read(out, "data.csv")).toBe(written);
  });

  it("is refused to another command, and to other options of the same one", async () => {
    const out = emptyFolder();
    expect((await attnsim("economics", "--out", out)).code).toBe(0);
    expect((await attnsim("economics", "--out", out)).code).toBe(0);
    const other = await attnsim("economics", "--ttft", "2", "--out", out);
    expect([other.code, other.err]).toEqual([
      2,
      expect.stringContaining("holds results of other options (ttft)"),
    ]);
    const trials = await run(out, "--variant", "dense", "--tokens", "4K");
    expect([trials.code, trials.err]).toEqual([2, expect.stringContaining('holds results of "economics"')]);
    expect((await run(out, "--variant", "dense", "--tokens", "4K", "--force")).code).toBe(0);
    expect(existsSync(join(out, "break-even.svg"))).toBe(false);
  });

  it("is refused where nothing says what made its data.csv", async () => {
    const out = emptyFolder();
    writeFileSync(join(out, "data.csv"), "mine\n1\n");
    const { code, err } = await run(out, "--variant", "dense", "--tokens", "4K");
    expect([code, err]).toEqual([2, expect.stringContaining("holds a data.csv without a manifest")]);
    expect(read(out, "data.csv")).toBe("mine\n1\n");
  });
});

describe("a manifest that is none", () => {
  it.each([
    ["null"],
    ["{"],
    ['{"files":{"../../kept.txt":""}}'],
    ['{"files":{"/tmp":""}}'],
    ['{"files":{"..":""}}'],
    ['{"files":{"..\\\\kept.txt":""}}'],
    ['{"files":{"data.csv":null}}'],
    ['{"figures":["../../kept"]}'],
    ['{"figures":7}'],
    ['{"runs":[null]}'],
    ['{"config":3}'],
  ])("is refused, and with --force removes nothing outside its folder: %s", (text) => {
    const parent = emptyFolder();
    const out = join(parent, "results", "sweep");
    mkdirSync(out, { recursive: true });
    for (const name of ["kept.txt", "kept.png", "kept.svg"]) writeFileSync(join(parent, name), "mine");
    writeFileSync(join(out, "manifest.json"), text);
    expect(() => claimFolder(out, { name: "sweep" })).toThrow(
      `${out} holds a manifest.json that is no manifest of results; give another --out, or --force to write over it`,
    );
    claimFolder(out, { name: "sweep", force: true });
    expect(readdirSync(out)).toEqual([]);
    expect(readdirSync(parent).sort()).toEqual(["kept.png", "kept.svg", "kept.txt", "results"]);
  });
});

describe("the folder of a run without --out", () => {
  const asked = {
    task: ["mrcr(needles=8)"],
    variant: ["dense", "dsa(k=64)"],
    tokens: ["4K", "64K"],
    seed: 0,
  };

  it("is named after what is asked", () => {
    expect(folderNameOf(asked)).toMatch(/^mrcr-needles-8-dense-dsa-k-64-4K-64K-[0-9a-f]{6}$/);
    const many = { ...asked, variant: ["dense", "dsa", "quest", "moba"] };
    expect(folderNameOf(many)).toMatch(/^mrcr-needles-8-4-variants-4K-64K-[0-9a-f]{6}$/);
  });

  it("is the same for more trials, and another for another question", () => {
    expect(folderNameOf({ ...asked, trials: 20, workers: 2 })).toBe(folderNameOf(asked));
    expect(folderNameOf({ ...asked, seed: 1 })).not.toBe(folderNameOf(asked));
    expect(folderNameOf({ ...asked, headDim: 64 })).not.toBe(folderNameOf(asked));
  });
});

describe("published --run", () => {
  it("writes beside the caller, and leaves the committed results alone", async () => {
    const [folder, before] = [emptyFolder(), process.cwd()];
    process.chdir(folder);
    try {
      expect((await attnsim("published", "--run", "summary-collapse")).code).toBe(0);
    } finally {
      process.chdir(before);
    }
    expect(existsSync(join(folder, "results", "local", "published", "summary-collapse", "data.csv"))).toBe(
      true,
    );
  });
});
