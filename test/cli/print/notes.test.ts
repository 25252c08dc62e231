import { expect, it } from "vitest";
import { attnsim } from "../attnsim.ts";

const racks = async (...args: string[]): Promise<string> => (await attnsim("hardware", ...args)).out;

it("a table explains the columns that it shows, and no others", async () => {
  const on = ["--system", "h100", "--model", "deepseek-v3", "--context", "128K", "--parallel", "kvp=8"];
  const out = await racks("decode", ...on);
  const notes = out.split("columns:\n")[1]!.split("\n\n")[0]!;
  expect(notes).toContain("divided as: kvp (GPUs that share each cache while decoding (Helix)), ep (");
  expect(notes).not.toContain("pp (");
  expect(notes).toContain("HBM short: memory that weights and caches lack");
  expect(notes).not.toContain("host short");
});

it("memory says which record of a latent cache is counted, and of others nothing", async () => {
  const latent = await racks("memory", "--model", "deepseek-v3", "--variant", "dense,mla", "--users", "9");
  expect(latent).toContain("short for 9: memory that 9 users lack");
  expect(latent).toMatch(/`dense` counts .*576 B.*`mla` FlashMLA's record.*656 B/);
  expect(await racks("memory", "--model", "llama-3.1-8b")).not.toContain("FlashMLA");
  // what the sentence says: K and V of a token in one of 61 layers
  const bytes = [...latent.matchAll(/(\d+\.?\d*) kB/g)].map(([, kilobytes]) => Number(kilobytes));
  expect(new Set(bytes)).toEqual(
    new Set([576, 656].map((record) => Number(((61 * record) / 1000).toPrecision(3)))),
  );
});
