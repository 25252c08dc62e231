import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { zeros } from "../../src/core/tensor.ts";
import { autoOver } from "../../src/engines/auto/engine.ts";
import { builtinTable } from "../../src/engines/auto/builtin.ts";
import { engineTimesFile, readEngineTimes } from "../../src/engines/auto/saved-times.ts";
import type { EngineTimes, CallKind, TimedCall, CallSizes } from "../../src/engines/auto/table.ts";
import { callKinds, fastest } from "../../src/engines/auto/table.ts";
import { autoChoice, listEngines, loadEngine } from "../../src/engines/registry.ts";
import type { Ops } from "../../src/engines/ops.ts";
import { keyTable, normals, reference } from "./cases.ts";

/** `a` is the faster at the first sizes of a kind, `b` at the second. */
const table: readonly TimedCall[] = [
  { kind: "attend", sizes: [1, 4096, 128], ms: { a: 1, b: 2 } },
  { kind: "attend", sizes: [64, 4096, 128], ms: { a: 2, b: 1 } },
  { kind: "causal", sizes: [64, 64, 8], ms: { a: 1, b: 2 } },
  { kind: "listed", sizes: [1, 2048, 128], ms: { a: 2, b: 1 } },
  { kind: "scores", sizes: [1, 64, 8], ms: { a: 2, b: 1 } },
  { kind: "reluScores", sizes: [8, 64, 8], ms: { b: 1 } },
  { kind: "topK", sizes: [1, 64, 8], ms: { a: 1, b: 1 } },
];

describe("fastest", () => {
  const choose = (kind: CallKind, sizes: CallSizes, engines = ["a", "b"]): string =>
    fastest(table, engines, kind, sizes);

  it("is that of the shape nearest by ratio", () => {
    expect(choose("attend", [2, 100_000, 64])).toBe("a");
    expect(choose("attend", [7, 4096, 128])).toBe("a"); // the middle of 1 and 64 is 8
    expect(choose("attend", [9, 4096, 128])).toBe("b");
    expect(choose("attend", [64, 64, 8])).toBe("b");
  });

  it("is the earlier engine where two are as fast, and the first where nothing is known", () => {
    expect(choose("topK", [1, 64, 8])).toBe("a");
    expect(choose("topK", [1, 64, 8], ["b", "a"])).toBe("b");
    expect(choose("blockMean", [64, 8, 4])).toBe("a");
    expect(choose("attend", [64, 64, 8], ["c", "d"])).toBe("c");
  });

  it("is one that was measured", () => {
    expect(choose("reluScores", [8, 64, 8])).toBe("b");
    expect(choose("attend", [64, 64, 8], ["a", "c"])).toBe("a");
  });

  it("has a built-in table of every kind of call", () => {
    expect(new Set(builtinTable.map(({ kind }) => kind))).toEqual(new Set(callKinds));
    for (const { sizes, ms } of builtinTable)
      for (const number of [...sizes, ...Object.values(ms)]) expect(number).toBeGreaterThan(0);
  });
});

describe("autoOver", () => {
  /** Engines that write down what they are called for. */
  const calls: string[] = [];
  const recording = (name: string): Ops => {
    const recorded = (method: keyof Ops): unknown => {
      const does = reference[method] as (...args: unknown[]) => unknown;
      return (...args: unknown[]) => {
        calls.push(`${name}.${method}`);
        return does(...args);
      };
    };
    const methods = Object.keys(reference).filter((key) => key !== "name" && key !== "threads");
    return {
      name,
      threads: 1,
      ...Object.fromEntries(methods.map((method) => [method, recorded(method as keyof Ops)])),
    } as unknown as Ops;
  };
  const [a, b] = [recording("a"), recording("b")];
  const ops = autoOver([a, b], b, table);
  const called = (work: () => unknown): string[] => {
    calls.length = 0;
    work();
    return [...calls];
  };

  const rows = normals(1, 64, 8);
  const keys = keyTable(rows);
  const attend = (queries: number, visible: (i: number) => number, listed?: number): string[] =>
    called(() =>
      ops.attend(normals(2, queries, 8), keys, keys, {
        visible: Int32Array.from({ length: queries }, (_, i) => visible(i)),
        scale: 1,
        ...(listed !== undefined && {
          rows: { offsets: Int32Array.of(0, listed), rows: Int32Array.from({ length: listed }, (_, r) => r) },
        }),
      }),
    );

  it("sends calls where the table says", () => {
    expect(attend(1, () => 64)).toEqual(["a.attend"]);
    expect(attend(64, () => 64)).toEqual(["b.attend"]);
    expect(attend(64, (i) => i + 1)).toEqual(["a.attend"]);
    expect(attend(1, () => 64, 16)).toEqual(["b.attend"]);
    expect(called(() => ops.scores(rows, keys))).toEqual(["b.scores"]);
    expect(called(() => ops.reluScores(rows, new Float32Array(8), keys))).toEqual(["b.reluScores"]);
    expect(called(() => ops.topK(zeros(1, 64), 8, Int32Array.of(64)))).toEqual(["a.topK"]);
  });

  it("leaves to the first engine what is not in it", () => {
    expect(called(() => ops.blockMean(rows, 4, 4))).toEqual(["a.blockMean"]);
    expect(called(() => ops.pageMinMax(rows, 4))).toEqual(["a.pageMinMax"]);
    expect(called(() => ops.softmax(zeros(1, 4), Int32Array.of(4), 1))).toEqual(["a.softmax"]);
  });

  it("leaves data, rounding and memory to the memory's engine", () => {
    expect(called(() => ops.fillNormal(zeros(2, 8), [1, 1]))).toEqual(["b.fillNormal"]);
    expect(called(() => ops.round(zeros(2, 8), "bf16"))).toEqual(["b.round"]);
    expect(called(() => ops.space("x"))).toEqual(["b.space"]);
    expect(called(() => ops.close())).toEqual(["b.close"]);
  });
});

describe("a measured table", () => {
  let folder: string;
  let calibration: EngineTimes;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "attnsim-"));
    vi.stubEnv("XDG_CACHE_HOME", folder);
    vi.stubEnv("LOCALAPPDATA", folder);
    const { here } = await autoChoice({ threads: 1 });
    calibration = { ...here, table: [{ kind: "topK", sizes: [1, 2, 3], ms: { wasm: 4 } }] };
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  });
  const write = (text: string): void => {
    mkdirSync(dirname(engineTimesFile(1)), { recursive: true });
    writeFileSync(engineTimesFile(1), text);
  };
  const note = async (): Promise<string | undefined> =>
    (await listEngines({ threads: 1 })).find(({ name }) => name === "auto")!.note;

  it("is used, and said to be", async () => {
    write(JSON.stringify(calibration));
    const { table: chosen, measured } = await autoChoice({ threads: 1 });
    expect([chosen, measured]).toEqual([calibration.table, true]);
    expect(await note()).toContain(engineTimesFile(1));
    expect((await autoChoice({ threads: 2 })).measured).toBe(false);
  });

  const first = (): TimedCall => calibration.table[0]!;
  const broken: [string, () => unknown][] = [
    ["of another processor", () => ({ ...calibration, processor: "another" })],
    ["of another number of threads", () => ({ ...calibration, threads: 7 })],
    ["of another version", () => ({ ...calibration, engines: { ...calibration.engines, wasm: "0.0.0" } })],
    ["of another set of engines", () => ({ ...calibration, engines: { ...calibration.engines, x: "1" } })],
    ["without a table", () => ({ ...calibration, table: undefined })],
    ["of unknown calls", () => ({ ...calibration, table: [{ ...first(), kind: "fly" }] })],
    ["with sizes missing", () => ({ ...calibration, table: [{ ...first(), sizes: [1, 2] }] })],
    ["with times that are none", () => ({ ...calibration, table: [{ ...first(), ms: { wasm: -1 } }] })],
    ["that is a list", () => [calibration]],
    ["that is nothing", () => null],
  ];

  it.each(broken)("%s is ignored", async (_, make) => {
    write(JSON.stringify(make()));
    expect(readEngineTimes(calibration)).toBeUndefined();
    expect((await autoChoice({ threads: 1 })).table).toBe(builtinTable);
    expect(await note()).toMatch(/^chooses from wasm.*built-in table/);
    const ops = await loadEngine("auto", { threads: 1 });
    expect([...ops.topK(zeros(1, 3), 1, Int32Array.of(3)).rows]).toEqual([0]);
    ops.close();
  });

  it("that is torn, or a folder, is ignored", async () => {
    write(JSON.stringify(calibration).slice(0, -9));
    expect((await autoChoice({ threads: 1 })).measured).toBe(false);
    rmSync(engineTimesFile(1));
    mkdirSync(engineTimesFile(1));
    expect((await autoChoice({ threads: 1 })).measured).toBe(false);
  });
});
