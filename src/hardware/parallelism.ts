/** Division of a copy of a model among GPUs. */
export interface Parallelism {
  /** GPUs that share the heads of attention and the columns of dense layers */
  readonly tp: number;
  /** groups of GPUs that each attend for their own sequences */
  readonly dp: number;
  /** GPUs that share a prompt; each has a piece from its start and one from its end (zigzag) */
  readonly cp: number;
  /** GPUs that share the cache of each sequence while decoding (Helix) */
  readonly kvp: number;
  /** GPUs that share the experts of a layer; the other GPUs of the stage share each expert's matrices */
  readonly ep: number;
  /** stages of layers */
  readonly pp: number;
}

/** GPUs of a stage. */
export const stageGpus = ({ tp, dp, cp, kvp }: Parallelism): number => tp * dp * cp * kvp;

export const gpusOf = (parallel: Parallelism): number => stageGpus(parallel) * parallel.pp;

/** GPUs that share the columns of dense layers: all that have the same tokens. */
export const columnsOf = ({ tp, kvp }: Parallelism): number => tp * kvp;
