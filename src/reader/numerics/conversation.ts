import type { CountRetrieve } from "../../tasks/circuit.ts";
import type { Problem } from "../../tasks/task.ts";
import { countRequests, retrieveMessage } from "../circuits/count-retrieve.ts";
import { readWithEach } from "./mechanism.ts";
import type { Mechanism, Outcome } from "./mechanism.ts";
import { embedRequests } from "./requests.ts";
import { embedResponses } from "./responses.ts";
import { Trace } from "./trace.ts";
import { scopedAll } from "./workspace.ts";
import type { Workspace } from "./workspace.ts";

/**
 * Counts and retrieves with each mechanism in turn. All of them count on one cache, which is then freed. A cache of the
 * responses takes its place, and each mechanism retrieves from it with the needles keyed by its own counts.
 */
export function* readConversation(
  workspace: Workspace,
  circuit: CountRetrieve,
  features: Problem["features"],
  mechanisms: readonly Mechanism[],
): Generator<Outcome> {
  const { spaces, params } = workspace;
  const { requests, needles } = circuit;
  const first = needles[0]!;
  const readout = {
    reader: params,
    members: requests.anchor[first]! - requests.start[first]!,
    requests: requests.count,
  };
  const traces = mechanisms.map((mechanism) => new Trace(mechanism));
  const counts = scopedAll(spaces, () => {
    const countWith = embedRequests(workspace, circuit, features);
    return mechanisms.map((mechanism, m) => countRequests(countWith(mechanism, traces[m]!), readout));
  });
  const highest = Math.max(...counts.flat());
  const readWith = embedResponses(workspace, circuit, features, highest);
  yield* readWithEach(spaces, mechanisms, (mechanism, m) => {
    const trace = traces[m]!;
    const conclusion = retrieveMessage(readWith(mechanism, counts[m]!, trace));
    return { conclusion, seen: trace.means() };
  });
}
