import { describe, expect, it } from "vitest";
import { variants } from "../../src/attention/registry.ts";
import { parseSpec } from "../../src/attention/spec.ts";
import { UsageError } from "../../src/core/errors.ts";

describe("parseSpec", () => {
  it("names what differs from the defaults, and everything", () => {
    const spec = parseSpec("oracle( k = 64 )+ssmax+fp8");
    expect(spec.variant).toBe(variants.get("oracle"));
    expect(spec.params).toEqual({ k: 64, shared: false });
    expect(spec.kvDtype).toBe("fp8");
    expect(spec.logitShaping?.text).toBe("ssmax");
    expect(spec.text).toBe("oracle(k=64)+fp8+ssmax");
    expect(parseSpec("oracle(k=2048)").text).toBe("oracle");
    expect(parseSpec("oracle").resolved).toBe("oracle(k=2048,shared=false)");
    expect(parseSpec("dense").kvDtype).toBeUndefined();
    expect(parseSpec("dense+none").logitShaping?.text).toBe("none");
    expect(parseSpec("dense+ssmax(s=.2)+grace").resolved).toBe("dense+ssmax(s=0.2)+grace");
  });

  it("reads its own canonical text and its resolved text", () => {
    for (const { name, refuses } of variants) {
      const { text, resolved, params } = parseSpec(
        refuses?.logitShaping === undefined ? `${name}+log-n` : name,
      );
      expect(parseSpec(text).params).toEqual(params);
      expect(parseSpec(resolved).resolved).toBe(resolved);
      expect(parseSpec(resolved).text).toBe(text);
    }
  });

  it("lets a plan take what any of its layers takes", () => {
    expect(parseSpec("layers(3*kda|mla)+fp8").kvDtype).toBe("fp8");
  });

  it.each([
    ["densse", 'unknown attention variant "densse"; known: '],
    ["oracle(k=0)", 'oracle: k must be an integer >= 1; got "0"'],
    ["oracle(top=1)", 'oracle has no parameter "top"; known: k'],
    ["dense+fp9", 'unknown modifier "fp9"; known: f32, bf16, fp8, nvfp4, '],
    ["dense+fp8+fp8", 'kv dtype "fp8" is given twice'],
    ["dense+fp8+bf16", 'kv dtype can be only one of "fp8" and "bf16"'],
    ["dense+ssmax+yarn", 'logit shaping can be only one of "ssmax" and "yarn"'],
    ["dense+none+ssmax", 'logit shaping can be only one of "none" and "ssmax"'],
    ["dense+fp8(x=1)", 'fp8 has no parameter "x"; known: none'],
    ["dense+split(hot=2)", 'split: hot must be a number in [0, 1]; got "2"'],
    ["dense+grace+hbm", 'placement can be only one of "grace" and "hbm"'],
    ["layers(dense+fp8|dsa)", 'put "+fp8" behind layers(...); got dense+fp8'],
    ["layers(2*layers(dense))", "a layer plan cannot be a layer of another; got layers(dense)"],
    ["layers(dense|densse)", 'unknown attention variant "densse"'],
    ["kda+ssmax", 'kda takes no logit shaping: it has no softmax; got "+ssmax"'],
    ["kda+fp8", 'kda takes no kv dtype: it keeps a state, no K and V; got "+fp8"'],
    ["kda+grace", 'kda takes no placement: its state is read and written at every step; got "+grace"'],
    ["layers(2*kda|linear)+fp8", "layers takes no kv dtype: it keeps a state, no K and V"],
    ["shadowkv+grace", "shadowkv takes no placement"],
    ["dense(", "malformed spec"],
  ])("refuses %s", (text, reason) => {
    expect(() => parseSpec(text)).toThrow(UsageError);
    expect(() => parseSpec(text)).toThrow(reason);
  });
});
