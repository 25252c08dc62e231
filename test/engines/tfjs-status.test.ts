import util from "node:util";
import { afterEach, describe, expect, it, vi } from "vitest";
import { loadTf, tfjsStatus } from "../../src/engines/tfjs/load.ts";

/** A `require` that fails as Node's does. */
const failing = (message: string, code?: string) => (): unknown => {
  throw Object.assign(new Error(message), code === undefined ? {} : { code });
};

describe("tfjsStatus says why tfjs-node is not usable", () => {
  it.each([
    [
      "the package is absent",
      failing("Cannot find module '@tensorflow/tfjs-node'\nRequire stack:\n- here", "MODULE_NOT_FOUND"),
      "not installed: Cannot find module '@tensorflow/tfjs-node'",
    ],
    [
      "its native addon was not built",
      failing("The Node.js native addon module (tfjs_binding.node) can not be found\nPlease run"),
      "native addon not built: The Node.js native addon module (tfjs_binding.node) can not be found",
    ],
    [
      "a shared library is missing",
      failing("libtensorflow.so.2: cannot open shared object file", "ERR_DLOPEN_FAILED"),
      "native addon not built: libtensorflow.so.2: cannot open shared object file",
    ],
    ["something else fails", failing("no backend\nstack"), "no backend"],
  ])("where %s", (_, require, reason) => {
    expect(tfjsStatus({ require })).toEqual({ usable: false, reason });
  });

  it("and gives the version where it is", () => {
    const require = (): unknown => ({ version: { "tfjs-node": "4.22.0" } });
    expect(tfjsStatus({ require })).toEqual({ usable: true, version: "4.22.0" });
  });
});

describe("loadTf", () => {
  const legacy = util as { isArray?: unknown; isNullOrUndefined?: unknown };
  const { isArray, isNullOrUndefined } = legacy;
  afterEach(() => {
    Object.assign(legacy, { isArray, isNullOrUndefined });
    vi.unstubAllEnvs();
  });

  it("gives back what Node 23 took from util before the package is loaded", () => {
    legacy.isArray = legacy.isNullOrUndefined = undefined;
    loadTf({
      require: () => {
        const restored = legacy as Record<string, (value: unknown) => boolean>;
        expect([[], {}].map((value) => restored["isArray"]!(value))).toEqual([true, false]);
        expect([null, 0].map((value) => restored["isNullOrUndefined"]!(value))).toEqual([true, false]);
        return {};
      },
    });
    expect.assertions(2);
  });

  it("leaves the user's own settings of TensorFlow", () => {
    vi.stubEnv("TF_NUM_INTRAOP_THREADS", "3");
    vi.stubEnv("TF_CPP_MIN_LOG_LEVEL", "0");
    const { threads } = loadTf({ threads: 1, require: () => ({}) });
    expect([threads, process.env["TF_CPP_MIN_LOG_LEVEL"]]).toEqual([3, "0"]);
  });

  it("asks for as many threads as it was told", () => {
    vi.stubEnv("TF_NUM_INTRAOP_THREADS", undefined);
    expect(loadTf({ threads: 5, require: () => ({}) }).threads).toBe(5);
    expect(process.env["TF_NUM_INTRAOP_THREADS"]).toBe("5");
  });
});
