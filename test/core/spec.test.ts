import { describe, expect, it } from "vitest";
import { UsageError } from "../../src/core/errors.ts";
import { formatCall, parseExpression } from "../../src/core/spec.ts";
import type { Call, Expression } from "../../src/core/spec.ts";

const bare = (name: string): Call => ({ name, args: {} });

describe("parseExpression", () => {
  it.each([
    ["dense", { name: "dense", args: {}, modifiers: [] }],
    ["dense()", { name: "dense", args: {}, modifiers: [] }],
    ["sink-window(window=2048)", { name: "sink-window", args: { window: "2048" }, modifiers: [] }],
    ["dsa(k=2048)+fp8+ssmax", { name: "dsa", args: { k: "2048" }, modifiers: [bare("fp8"), bare("ssmax")] }],
    [
      " dsa ( k = 16 , indexDim = 64 ) + log-n ",
      { name: "dsa", args: { k: "16", indexDim: "64" }, modifiers: [bare("log-n")] },
    ],
    ["dsa+yarn(factor=4)", { name: "dsa", args: {}, modifiers: [{ name: "yarn", args: { factor: "4" } }] }],
    ["x(a=1e+3,b=-2)", { name: "x", args: { a: "1e+3", b: "-2" }, modifiers: [] }],
  ])("reads %s", (text, call) => {
    expect(parseExpression(text)).toEqual(call);
  });

  it("reads layer plans, groups in groups", () => {
    const layer = (name: string): Expression => ({ ...bare(name), modifiers: [] });
    expect(parseExpression("layers( 2*(3*gdn | dense) |mla(rank=64)+sink )+fp8")).toEqual({
      name: "layers",
      args: {},
      layers: [
        {
          times: 2,
          of: [
            { times: 3, of: layer("gdn") },
            { times: 1, of: layer("dense") },
          ],
        },
        { times: 1, of: { name: "mla", args: { rank: "64" }, modifiers: [bare("sink")] } },
      ],
      modifiers: [bare("fp8")],
    });
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
    ["dsa+fp8(x)", '"x" is not param=value at character 9'],
    ["layers(dense", '")" is missing at character 13'],
    ["layers()", "name is missing at character 8"],
    ["layers(0*dense)", "a layer is repeated at least once at character 8"],
    ["layers(3*)", "name is missing at character 10"],
    ["ds a", '"ds a" is no name at character 1'],
  ])("refuses %j: %s", (text, reason) => {
    expect(() => parseExpression(text)).toThrow(UsageError);
    expect(() => parseExpression(text)).toThrow(reason);
    expect(() => parseExpression(text)).toThrow("allowed: name(param=value,...)+modifier+...");
  });
});

it("formatCall writes what parseExpression reads", () => {
  expect(formatCall("dense")).toBe("dense");
  const text = formatCall("dsa", { k: 2048, noise: 0.5, shared: true }, ["fp8", "ssmax"]);
  expect(text).toBe("dsa(k=2048,noise=0.5,shared=true)+fp8+ssmax");
  expect(parseExpression(text)).toEqual({
    name: "dsa",
    args: { k: "2048", noise: "0.5", shared: "true" },
    modifiers: [bare("fp8"), bare("ssmax")],
  });
});
