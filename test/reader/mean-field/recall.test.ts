import { expect, it } from "vitest";
import { makeTrial } from "../../../src/trial/make-trial.ts";
import { meanFieldRow } from "../../../src/trial/mean-field.ts";

it("the recall of a variant that reads everything is 1 to the last bit, for any number of heads", () => {
  const recalls = [3, 5, 6].flatMap((kvHeads) =>
    [0, 1, 2].map((trial) => {
      const asked = { task: "graphwalks", variant: "dense", tokens: 16_000, trial, seed: 0 } as const;
      return meanFieldRow(makeTrial({ ...asked, reader: { kvHeads }, mode: "mean-field" })).recall;
    }),
  );
  expect(recalls.filter((recall) => recall !== 1)).toEqual([]);
});
