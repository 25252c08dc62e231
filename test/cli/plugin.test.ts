import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execFile } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

/** Runs a command line in a process of its own: a plugin is loaded by Node, not by the test runner. */
const attnsim = (...words: string[]): Promise<{ code: number; out: string; err: string }> =>
  new Promise((done) => {
    const program = ["--import", "tsx", "src/cli/main.ts", ...words];
    execFile(process.execPath, program, { cwd: root }, (error, out, err) =>
      done({ code: error === null ? 0 : Number(error.code), out, err }),
    );
  });

const root = new URL("../..", import.meta.url);
const contributing = readFileSync(new URL("CONTRIBUTING.md", root), "utf8");

describe("--plugin", () => {
  let folder: string;
  const file = (name: string, content: string): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  beforeAll(() => (folder = mkdtempSync(join(tmpdir(), "attnsim-plugin-"))));
  afterAll(() => rmSync(folder, { recursive: true }));

  it("makes the variant of CONTRIBUTING.md one that is described and run", async () => {
    const [, example] = /```ts\n(\/\/ my-variant[\s\S]*?)```/.exec(contributing)!;
    const plugin = file("my-variant.ts", example!);
    const described = await attnsim("describe", "strided", "--plugin", plugin, "--json");
    expect(JSON.parse(described.out)).toMatchObject({ kind: "variants", name: "strided", family: "static" });

    const out = join(folder, "out");
    const variants = "dense,strided(stride=1),strided(stride=4000,window=1)";
    const run = await attnsim(
      ...["run", "--task", "graphwalks", "--variant", variants, "--tokens", "2K", "--trials", "3"],
      ...["--out", out, "--plugin", plugin, "--json"],
    );
    expect(run.code).toBe(0);
    const { scores } = JSON.parse(run.out) as { scores: { series: string; mean: number }[] };
    const [dense, all, few] = scores.map(({ mean }) => mean);
    expect(dense).toBeGreaterThan(0.5);
    expect(all).toBe(dense);
    expect(few).toBeLessThan(dense!);
    const manifest = readFileSync(join(out, "manifest.json"), "utf8");
    expect(manifest).toMatch(/"my-variant\.ts@[0-9a-f]{16}"/);
  });

  it.each([
    ["broken.ts", "export const x = ;", "cannot be run: "],
    ["throws.mjs", 'throw new Error("no luck")', "cannot be run: no luck"],
    ["nothing.js", "export const x = 1;", "exports no entry; allowed: what defineVariant"],
    [
      "taken.mjs",
      'import { catalog } from "attnsim"; export const x = { ...catalog.variants.get("dense") };',
      'attention variant "dense" is there already',
    ],
  ])("refuses %s", async (name, content, reason) => {
    const { code, err } = await attnsim("list", "--plugin", file(name, content));
    expect(code).toBe(2);
    expect(err).toContain(reason);
    expect(err.trim().split("\n")).toHaveLength(1);
  });

  it("gives a file the running program by each of its doors", async () => {
    const content = `
      import { catalog, defineVariant } from "attnsim";
      import { experiment, loadPlugin, trials } from "attnsim/experiments";
      import { main } from "attnsim/cli";
      const dense = catalog.variants.get("dense");
      catalog.variants.add(defineVariant({ ...dense, name: "dense-again" }));
      if ([experiment, loadPlugin, trials].some((part) => typeof part !== "function")) throw new Error("no door");
      if ((await main(["describe", "dense-again", "--json"])) !== 0) throw new Error("another program");
      export { denseTwin };
      const denseTwin = defineVariant({ ...dense, name: "dense-twin" });`;
    const { code, out, err } = await attnsim("describe", "dense-twin", "--plugin", file("doors.ts", content));
    expect([code, err]).toEqual([0, ""]);
    expect(out).toContain('"name": "dense-again"');
    expect(out).toContain("dense-twin: ");
  });

  it("refuses a file that is not there", async () => {
    const { code, err } = await attnsim("list", "--plugin", join(folder, "absent.ts"));
    expect(code).toBe(2);
    expect(err).toContain("there is no such file");
  });
});
