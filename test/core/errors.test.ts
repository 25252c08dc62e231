import { expect, it } from "vitest";
import { UsageError } from "../../src/core/errors.ts";

it("a message keeps its beginning and its end, whatever a wrong input holds", () => {
  expect(new UsageError(`no "${"x".repeat(1e6)}"; known: a`).message).toMatch(
    /^no "x{199}…x{98}"; known: a$/,
  );
  const names = Array.from({ length: 1e5 }, (_, i) => `c${i}`).join(", ");
  const { message } = new UsageError(`t.csv lacks the column score; it has ${names}`);
  expect(message).toHaveLength(9001);
  expect(message).toMatch(/^t\.csv lacks the column score; it has c0, .*…/);
  expect(message.endsWith("c99998, c99999")).toBe(true);
  expect(new UsageError(names.slice(0, 9000)).message).toBe(names.slice(0, 9000));
});
