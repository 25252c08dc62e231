import { expect, it } from "vitest";
import { rememberText } from "../../src/core/remember.ts";

it("a function of a text is asked once for each text, and again after an error", () => {
  const asked: string[] = [];
  const lengthOf = rememberText((text) => {
    asked.push(text);
    if (text === "" && asked.length === 1) throw new Error("nothing to read");
    return { length: text.length };
  });
  expect(() => lengthOf("")).toThrow("nothing to read");
  expect(lengthOf("")).toEqual({ length: 0 });
  expect(lengthOf("spec")).toBe(lengthOf("spec"));
  expect(asked).toEqual(["", "", "spec"]);
});
