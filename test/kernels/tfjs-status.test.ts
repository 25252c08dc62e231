import util from "node:util";
import { afterEach, describe, expect, it, vi } from "vitest";
import { loadTf, tfjsStatus } from "../../src/kernels/tfjs/load.ts";

const failing = (message: string, code?: string) => (): Promise<unknown> =>
  Promise.reject(Object.assign(new Error(message), code === undefined ? {} : { code }));

describe("tfjsStatus says why tfjs-node is not usable", () => {
  it("where the package is absent", async () => {
    const importer = failing("Cannot find package '@tensorflow/tfjs-node'", "ERR_MODULE_NOT_FOUND");
    expect(await tfjsStatus({ importer })).toEqual({
      usable: false,
      reason: "not installed: Cannot find package '@tensorflow/tfjs-node'",
    });
  });

  it("where its native addon was not built", async () => {
    const importer = failing(
      "The Node.js native addon module (tfjs_binding.node) can not be found\nPlease run",
    );
    expect(await tfjsStatus({ importer })).toEqual({
      usable: false,
      reason: "native addon not built: The Node.js native addon module (tfjs_binding.node) can not be found",
    });
  });

  it("where a shared library is missing", async () => {
    const importer = failing("libtensorflow.so.2: cannot open shared object file", "ERR_DLOPEN_FAILED");
    expect((await tfjsStatus({ importer })).reason).toMatch(/^native addon not built: libtensorflow/);
  });

  it("where something else fails, in its first line", async () => {
    expect(await tfjsStatus({ importer: failing("no backend\nstack") })).toEqual({
      usable: false,
      reason: "no backend",
    });
  });

  it("and the version where it is", async () => {
    const importer = () => Promise.resolve({ default: { version: { "tfjs-node": "4.22.0" } } });
    expect(await tfjsStatus({ importer })).toEqual({ usable: true, version: "4.22.0" });
  });
});

describe("loadTf", () => {
  const legacy = util as { isArray?: unknown; isNullOrUndefined?: unknown };
  const { isArray, isNullOrUndefined } = legacy;
  afterEach(() => {
    Object.assign(legacy, { isArray, isNullOrUndefined });
    vi.unstubAllEnvs();
  });

  it("gives back what Node 23 took from util before the import", async () => {
    legacy.isArray = legacy.isNullOrUndefined = undefined;
    await loadTf({
      importer: () => {
        const restored = legacy as Record<string, (value: unknown) => boolean>;
        expect([[], {}].map((value) => restored["isArray"]!(value))).toEqual([true, false]);
        expect([null, 0].map((value) => restored["isNullOrUndefined"]!(value))).toEqual([true, false]);
        return Promise.resolve({ default: {} });
      },
    });
    expect.assertions(2);
  });

  it("leaves the user's own settings of TensorFlow", async () => {
    vi.stubEnv("TF_NUM_INTRAOP_THREADS", "3");
    vi.stubEnv("TF_CPP_MIN_LOG_LEVEL", "0");
    const { threads } = await loadTf({ threads: 1, importer: () => Promise.resolve({ default: {} }) });
    expect([threads, process.env["TF_CPP_MIN_LOG_LEVEL"]]).toEqual([3, "0"]);
  });
});
