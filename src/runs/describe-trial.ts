import type { Trial } from "../trial/trial.ts";

/** A trial as messages name it: `graphwalks, 131072 tokens, trial 3, dsa(k=2048)`. */
export const describeTrial = ({ task, tokens, trial, variant }: Trial): string =>
  `${task}, ${tokens} tokens, trial ${trial}, ${variant}`;
