import { describe, expect, it } from "vitest";
import { goldenChecks, holds } from "../../../src/studies/published/checks.ts";

describe.each([...goldenChecks])("$name", (check) => {
  it(`is ${check.published}${check.unit}, as published`, () => {
    const ours = check.ours();
    expect(ours).toBeGreaterThanOrEqual(check.published - check.within);
    expect(ours).toBeLessThanOrEqual(check.published + check.within);
    expect(holds(check, ours)).toBe(true);
    expect(holds(check, check.published * 1.02 + 2 * check.within)).toBe(false);
  });

  it("says where it is published, and why ours may be further off than its digits", () => {
    expect(check.source.url).toMatch(/^https:\/\//);
    expect(check.source.where).toBeTruthy();
    const digits = String(check.published).split(/[.e]/)[1]?.length ?? 0;
    if (check.within > 0.50001 * 10 ** -digits) expect(check.note).toBeTruthy();
  });
});
