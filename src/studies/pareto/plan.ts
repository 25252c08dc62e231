import type { Served } from "../../hardware/serving/serve.ts";

/** A way to serve that was tried. */
export interface TriedPlan {
  readonly system: string;
  readonly model: string;
  readonly variant: string;
  readonly kvDtype: string;
  readonly decodeAs: string;
  /** null where the same replicas prefill */
  readonly prefillAs: string | null;
  readonly onFront: boolean;
  readonly served: Served;
}
