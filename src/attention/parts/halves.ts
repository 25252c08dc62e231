// Pruning of chunks that are halved (InfiniteHiP).

/** A stage of pruning: candidates are cut into chunks of `chunk` tokens, and chunks of `keep` tokens together stay. */
export interface Stage {
  readonly chunk: number;
  readonly keep: number;
}

/** Key of a half that is compared with that of the other half. */
export type Probe = "middle" | "first";

/** Offsets of the keys that are compared in the two halves of `size` tokens, a power of two from 2 on. */
export const probesOf = (probe: Probe, size: number): readonly [number, number] => {
  const offset = probe === "middle" ? Math.floor(size / 4) : 0;
  return [offset, size / 2 + offset];
};
