export { questPasskey } from "./quest-passkey.ts";
export { ssmax } from "./ssmax.ts";
export { blockSearch } from "./block-search.ts";
export { blockDilution } from "./block-dilution.ts";
export { summaryCollapse } from "./summary-collapse.ts";
export { kHopPlans } from "./k-hop-plans.ts";
export { modelScores } from "./model-scores.ts";
