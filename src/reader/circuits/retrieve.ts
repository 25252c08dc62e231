import type { Retrieve } from "../../tasks/circuit.ts";
import type { Reading } from "../reading.ts";
import { largest, standingOut } from "../readout.ts";

/** Asks independent questions in one step; the conclusion is the answers to each, one question after another. */
export const retrieve = (
  reading: Reading,
  { asked, answers }: Pick<Retrieve, "asked" | "answers">,
): number[] =>
  reading
    .ask(asked.keys(), 0, (answer) =>
      answers === undefined ? standingOut(answer) : largest(answer, answers),
    )
    .flat();
