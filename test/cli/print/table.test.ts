import { describe, expect, it } from "vitest";
import { formatTable } from "../../../src/cli/print/table.ts";

describe("formatTable", () => {
  it("aligns numbers right and words left, whatever their width", () => {
    const text = formatTable(
      ["variant", "users", "time"],
      [
        ["dense", 164, "12.4 ms"],
        ["dsa(k=2048)", 8, "1 ms"],
        ["quest", null, "-"],
      ],
    );
    expect(text.split("\n")).toEqual([
      "variant      users     time",
      "-----------  -----  -------",
      "dense          164  12.4 ms",
      "dsa(k=2048)      8     1 ms",
      "quest                     -",
    ]);
  });

  it("takes a column with one word in it for words", () => {
    expect(formatTable(["a"], [[1], ["does not fit"]]).split("\n")).toEqual([
      "a",
      "------------",
      "1",
      "does not fit",
    ]);
  });
});
