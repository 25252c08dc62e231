import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { describe, expect, it } from "vitest";
import { commands } from "../../src/cli/commands/all.ts";
import { program } from "../../src/cli/program.ts";
import { emptyFolder } from "../runs/folder.ts";
import { attnsim, attnsimJson } from "./attnsim.ts";

interface Row {
  readonly system: string;
  readonly tokens: number;
  readonly variant: string;
}

const memory = async (...words: string[]): Promise<readonly Row[]> =>
  (await attnsimJson<{ rows: readonly Row[] }>("hardware", "memory", "--model", "llama-3.1-8b", ...words))
    .rows;

describe("a list", () => {
  it("takes commas and repeated options alike, in place of the default", async () => {
    const lengths = async (...words: string[]) =>
      (await memory("--system", "h200", ...words)).map((row) => row.tokens);
    expect(await lengths("--context", "4K,8K")).toEqual([4096, 8192]);
    expect(await lengths("--context", "4K", "--context", "8K")).toEqual([4096, 8192]);
    expect(await lengths("--context", "4K", "--context", "8K,16K")).toEqual([4096, 8192, 16384]);
    expect(await lengths("--beyond")).toEqual([131072, 1048576]);
    // llama-3.1-8b was made for 128K
    expect(await lengths()).toEqual([131072]);
    const systems = (await memory("--system", "h100", "--system", "h200", "--context", "4K")).map(
      (row) => row.system,
    );
    expect(systems).toEqual(["h100", "h200"]);
  });

  it("leaves commas in parentheses to specs", async () => {
    const on = ["--system", "h200", "--context", "4K"];
    for (const words of [
      ["--variant", "dense,sink-window(sinks=8,window=64)"],
      ["--variant", "dense", "--variant", "sink-window(sinks=8,window=64)"],
      ["--variant", "dense", "sink-window(sinks=8,window=64)"],
    ])
      expect(
        (await memory(...on, ...words)).map((row) => row.variant),
        words.join(" "),
      ).toEqual(["dense", "sink-window(sinks=8,window=64)"]);
  });

  it("sets quantities with commas too", async () => {
    const on = ["--system", "h200", "--context", "4K"];
    const apart = await memory(...on, "--set", "gpu.hbm=100GB", "--set", "gpus=4");
    expect(await memory(...on, "--set", "gpu.hbm=100GB,gpus=4")).toEqual(apart);
  });

  it("is read alike in a configuration file", async () => {
    const file = join(emptyFolder(), "run.yaml");
    writeFileSync(file, "task: graphwalks\nvariant: dense, dsa(k=64,indexHeads=8)\ntokens: 4K,8K\n");
    const { out } = await attnsim("run", "--config", file, "--dry-run");
    expect(out).toContain("variants: dense, dsa(k=64,indexHeads=8)");
    expect(out).toContain("20 trials for ");
  });

  it("is refused when it is empty", async () => {
    expect(await attnsim("hardware", "memory", "--context", ",")).toMatchObject({ code: 2 });
  });
});

describe("the help of lists", () => {
  const paths = commands.flatMap((entry) =>
    "commands" in entry ? entry.commands.map((inner) => [entry.name, inner.name]) : [[entry.name]],
  );

  it.each(paths.map((path) => [path.join(" "), path] as const))(
    "says the same of each: %s",
    async (_, path) => {
      const root = (await program(path)) as CommandUnknownOpts;
      const command = path.reduce((at, word) => at.commands.find((inner) => inner.name() === word)!, root);
      for (const { flags, description } of command.options) {
        expect(flags).not.toMatch(/,\.\.\./);
        // the values of --budget hold commas themselves
        if (!flags.startsWith("--budget")) expect(description).not.toMatch(/again for more|comma-separated/);
      }
    },
  );
});

describe("a misspelt name", () => {
  it.each([
    [["describe", "dnse"], "did you mean dense?"],
    [["hardware", "show", "gb200"], "did you mean gb200-nvl72?"],
    [["hardware", "memory", "--model", "lama-3.1-8b"], "did you mean llama-3.1-8b?"],
    [["run", "--task", "grafwalks", "--variant", "dense", "--tokens", "4K"], "did you mean graphwalks?"],
    [["describe", "dense+fp9"], "did you mean fp8?"],
    [["describe", "dsa(indexDm=4)"], "did you mean indexDim?"],
    [["hardware", "memory", "--set", "gpu.hbn=1GB"], "did you mean gpu.hbm?"],
    [["hardware", "decode", "--parallel", "tpp=4"], "did you mean tp?"],
  ])("%j", async (words, suggestion) => {
    const { code, err } = await attnsim(...words);
    expect(code).toBe(2);
    expect(err).toContain(suggestion);
  });

  it("that is near no other gets no suggestion", async () => {
    expect((await attnsim("describe", "blue-cheese")).err).not.toContain("did you mean");
  });
});
