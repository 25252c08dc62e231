import { describe, expect, it } from "vitest";
import { UsageError } from "../../src/core/errors.ts";
import { parsePythonJson } from "../../src/core/json.ts";

describe("JSON that Python wrote", () => {
  it("has numbers that JSON lacks, and texts that look like them", () => {
    const text = String.raw`{"limit": [0.0, Infinity, -Infinity], "initializer": NaN, "note": "NaN and \"Infinity\""}`;
    expect(parsePythonJson(text, "config.json")).toEqual({
      limit: [0, Infinity, -Infinity],
      initializer: null,
      note: 'NaN and "Infinity"',
    });
  });

  it("is refused by the name of its file where it is no JSON", () => {
    expect(() => parsePythonJson("{NaN}", "config.json")).toThrow(UsageError);
    expect(() => parsePythonJson("{NaN}", "config.json")).toThrow("config.json is no JSON");
  });
});
