import { describe, expect, it } from "vitest";
import { variants } from "../../src/attention/registry.ts";
import { parseSpec } from "../../src/attention/spec.ts";
import { UsageError } from "../../src/core/errors.ts";

describe("parseSpec", () => {
  it("names what differs from the defaults, and everything", () => {
    const spec = parseSpec("oracle( k = 64 )+ssmax+fp8");
    expect(spec.variant).toBe(variants.get("oracle"));
    expect(spec.params).toEqual({ k: 64 });
    expect(spec.kvDtype).toBe("fp8");
    expect(spec.logitShaping).toBe("ssmax");
    expect(spec.text).toBe("oracle(k=64)+fp8+ssmax");
    expect(parseSpec("oracle(k=2048)").text).toBe("oracle");
    expect(parseSpec("oracle").resolved).toBe("oracle(k=2048)");
    expect(parseSpec("dense").kvDtype).toBeUndefined();
    expect(parseSpec("dense+none").logitShaping).toBe("none");
  });

  it("reads its own canonical text and its resolved text", () => {
    for (const { name } of variants) {
      const { text, resolved, params } = parseSpec(`${name}+log-n`);
      expect(parseSpec(text).params).toEqual(params);
      expect(parseSpec(resolved).resolved).toBe(resolved);
      expect(parseSpec(resolved).text).toBe(text);
    }
  });

  it.each([
    ["densse", 'unknown attention variant "densse"; known: '],
    ["oracle(k=0)", 'oracle: k must be an integer >= 1; got "0"'],
    ["oracle(top=1)", 'oracle has no parameter "top"; known: k'],
    ["dense+fp9", 'unknown modifier "fp9"; known: f32, bf16, fp8, nvfp4, none, ssmax, log-n, yarn, sink'],
    ["dense+fp8+fp8", 'kv dtype "fp8" is given twice'],
    ["dense+fp8+bf16", 'kv dtype can be only one of "fp8" and "bf16"'],
    ["dense+ssmax+yarn", 'logit shaping can be only one of "ssmax" and "yarn"'],
    ["dense+none+ssmax", 'logit shaping can be only one of "none" and "ssmax"'],
    ["dense(", "malformed spec"],
  ])("refuses %s", (text, reason) => {
    expect(() => parseSpec(text)).toThrow(UsageError);
    expect(() => parseSpec(text)).toThrow(reason);
  });
});
