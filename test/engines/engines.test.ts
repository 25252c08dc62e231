import { describe, expect, it } from "vitest";
import { UsageError } from "../../src/core/errors.ts";
import { engineNames, listEngines, loadEngine } from "../../src/engines/registry.ts";

describe("engines by name", () => {
  it("are listed with what they are and whether they can be used", async () => {
    const listed = await listEngines();
    expect(listed.map(({ name }) => name)).toEqual(engineNames);
    for (const { usable, reason, version, summary } of listed) {
      expect(summary).not.toBe("");
      expect(usable ? version : reason).toMatch(/./);
    }
  });

  it("always include the reference and wasm", async () => {
    for (const name of ["reference", "wasm"]) {
      const ops = await loadEngine(name, { threads: 1 });
      expect(ops.name).toBe(name);
      expect(ops.threads).toBe(1);
      ops.close();
    }
  });

  it("are wasm where none is named", async () => {
    expect((await loadEngine()).name).toBe("wasm");
  });

  it("refuse other names and numbers of threads", async () => {
    await expect(loadEngine("cuda")).rejects.toThrow(
      new UsageError('unknown engine "cuda"; known: wasm, tfjs, ort, auto, reference'),
    );
    await expect(loadEngine("wasm", { threads: 0 })).rejects.toThrow(
      "threads must be an integer >= 1; got 0",
    );
  });
});
