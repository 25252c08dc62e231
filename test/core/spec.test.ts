import { describe, expect, it } from "vitest";
import { UsageError } from "../../src/core/errors.ts";
import { formatCall, parseCall } from "../../src/core/spec.ts";

describe("parseCall", () => {
  it.each([
    ["dense", { name: "dense", args: {}, modifiers: [] }],
    ["dense()", { name: "dense", args: {}, modifiers: [] }],
    ["sink-window(window=2048)", { name: "sink-window", args: { window: "2048" }, modifiers: [] }],
    ["dsa(k=2048)+fp8+ssmax", { name: "dsa", args: { k: "2048" }, modifiers: ["fp8", "ssmax"] }],
    [
      " dsa ( k = 16 , indexDim = 64 ) + log-n ",
      { name: "dsa", args: { k: "16", indexDim: "64" }, modifiers: ["log-n"] },
    ],
    ["x(a=1e+3,b=-2)", { name: "x", args: { a: "1e+3", b: "-2" }, modifiers: [] }],
  ])("reads %s", (text, call) => {
    expect(parseCall(text)).toEqual(call);
  });

  it.each([
    ["", "name is missing at character 1"],
    ["(k=1)", "name is missing at character 1"],
    ["dsa(k=1", '")" is missing at character 8'],
    ["dsa(k)", '"k" is not param=value at character 5'],
    ["dsa(k=)", "k has no value at character 7"],
    ["dsa(k=1,)", '"" is not param=value at character 9'],
    ["dsa(k=1,k=2)", "k is given twice at character 9"],
    ["dsa(k=1=2)", '"1=2" is no value at character 7'],
    ["dsa(=1)", "parameter is missing at character 5"],
    ["dsa(k=1)fp8", 'expected "+", found "f" at character 9'],
    ["dsa+", "modifier is missing at character 5"],
    ["dsa++fp8", "modifier is missing at character 5"],
    ["dsa+fp8(x=1)", '"fp8(x=1)" is no modifier at character 5'],
    ["ds a", '"ds a" is no name at character 1'],
  ])("refuses %j: %s", (text, reason) => {
    expect(() => parseCall(text)).toThrow(UsageError);
    expect(() => parseCall(text)).toThrow(reason);
    expect(() => parseCall(text)).toThrow("allowed: name(param=value,...)+modifier+...");
  });
});

it("formatCall writes what parseCall reads", () => {
  expect(formatCall("dense")).toBe("dense");
  const text = formatCall("dsa", { k: 2048, noise: 0.5, shared: true }, ["fp8", "ssmax"]);
  expect(text).toBe("dsa(k=2048,noise=0.5,shared=true)+fp8+ssmax");
  expect(parseCall(text)).toEqual({
    name: "dsa",
    args: { k: "2048", noise: "0.5", shared: "true" },
    modifiers: ["fp8", "ssmax"],
  });
});
