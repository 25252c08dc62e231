import { unmeasured } from "../../core/profile.ts";
import type { Measure } from "../../core/profile.ts";
import type { Ops } from "../../engines/ops.ts";
import type { Problem } from "../../tasks/task.ts";
import { ImpossibleError } from "../../core/errors.ts";
import { parseGeometry } from "../geometry/geometry.ts";
import type { ReaderParams } from "../params.ts";
import { readConversation } from "./conversation.ts";
import type { Mechanism, Outcome } from "./mechanism.ts";
import { prefillError } from "./prefill-error.ts";
import { readRecords } from "./record-reading.ts";
import { readSpelled } from "./spelled.ts";
import { headSpaces } from "./workspace.ts";
import type { Workspace } from "./workspace.ts";

/** A problem, and what it is read with. */
export interface NumericsTrial {
  readonly problem: Problem;
  readonly params: ReaderParams;
  readonly ops: Ops;
  /** name of the trial's random streams: the same name gives the same keys, values and noise */
  readonly seed: string;
  readonly mechanisms: readonly Mechanism[];
  /** measures work that the mechanisms share */
  readonly measure?: Measure;
}

/** Reads a problem with each mechanism in turn. The caches are built once, and every mechanism attends to them. */
export function readNumerics(trial: NumericsTrial): Generator<Outcome> {
  const { problem, params, ops, seed, mechanisms, measure = unmeasured } = trial;
  const { circuit, features, tokens } = problem;
  const spaces = headSpaces(ops, params.kvHeads);
  const workspace: Workspace = { ops, params, seed, tokens, spaces, measure };
  const { text: geometry } = parseGeometry(params.geometry);
  switch (circuit.kind) {
    case "count-retrieve":
      if (geometry) return readSpelled(workspace, { circuit, problem, geometry }, mechanisms);
      return readConversation(workspace, circuit, features, mechanisms);
    case "prefill-error":
      if (geometry)
        throw new ImpossibleError(
          `keys that follow the text are made for tasks with a question; got a task of the circuit ${circuit.kind}; allowed: geometry=none`,
        );
      return prefillError(workspace, circuit, features, mechanisms);
    case "graph-walk":
      if (geometry) return readSpelled(workspace, { circuit, problem, geometry }, mechanisms);
      return readRecords(workspace, circuit, problem, mechanisms);
    case "retrieve":
    case "chain":
      if (geometry && circuit.records.spelled)
        return readSpelled(workspace, { circuit, problem, geometry }, mechanisms);
      return readRecords(workspace, circuit, problem, mechanisms);
    case "aggregate":
      return readRecords(workspace, circuit, problem, mechanisms);
  }
}
