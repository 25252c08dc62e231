import { expect, it } from "vitest";
import { UsageError } from "../../src/core/errors.ts";
import { formatLength, parseLength } from "../../src/core/length.ts";

it("reads lengths, with the thousands of datasets that count in them", () => {
  expect(parseLength(131072)).toBe(131072);
  expect(parseLength("131072")).toBe(131072);
  expect(parseLength("128K")).toBe(131072);
  expect(parseLength("1.5k")).toBe(1536);
  expect(parseLength("1M")).toBe(1048576);
  expect(parseLength("128K", [64000, 128000])).toBe(128000);
  expect(parseLength("1M", [1024000])).toBe(1024000);
  expect(parseLength("128K", [131072])).toBe(131072);
  for (const wrong of ["", "0", "-4K", "4G", "1e3", "0.0001K", 0, 1.5, NaN])
    expect(() => parseLength(wrong), String(wrong)).toThrow(UsageError);
});

it("writes lengths in short", () => {
  expect([4096, 131072, 128000, 1048576, 1024000, 1234].map(formatLength)).toEqual([
    "4K",
    "128K",
    "128K",
    "1M",
    "1M",
    "1234",
  ]);
});
