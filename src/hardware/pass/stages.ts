/**
 * Layers of each stage of a pipeline: as many as the others, or one more. Further layers go to the stages before the last
 * one, which has the output head, and from there backwards. Source: vLLM, vllm/distributed/utils.py, get_pp_indices, which
 * SGLang shares.
 */
export function stageLayers(layers: number, stages: number): number[] {
  const further = layers % stages;
  return Array.from(
    { length: stages },
    (_, s) => Math.floor(layers / stages) + (s < stages - 1 && s >= stages - 1 - further ? 1 : 0),
  );
}

/** Times of sequences that go through the stages together, s. */
export interface MicroBatchSeconds {
  /** in all layers of all stages */
  readonly layers: number;
  /** to send hidden states to the next stage; the sender meanwhile works on the next micro-batch */
  readonly hop: number;
  /** in the output head, on the last stage */
  readonly head: number;
}

/** Time of a micro-batch in each stage. Layers of a kind are spread evenly over the stages. */
const stageSeconds = ({ layers, head }: MicroBatchSeconds, stages: readonly number[]): number[] => {
  const all = stages.reduce((sum, count) => sum + count, 0);
  return stages.map((count, s) => layers * (count / all) + (s === stages.length - 1 ? head : 0));
};

/** Time of a micro-batch from the first stage to the end of the last one, s. */
export const latencyOf = ({ layers, hop, head }: MicroBatchSeconds, stages: number): number =>
  layers + (stages - 1) * hop + head;

/** Time of a micro-batch in the stage that takes longest, s. */
export const slowestStage = (batch: MicroBatchSeconds, stages: readonly number[]): number =>
  Math.max(...stageSeconds(batch, stages));

/**
 * Time until the last of several micro-batches leaves a pipeline that was empty, s. A stage starts with a micro-batch when
 * it has finished the one before and when the stage before has sent it:
 *
 * finish(c, s) = max(finish(c - 1, s), finish(c, s - 1) + hop(c)) + t(c, s)
 *
 * Chunks of one prompt follow each other in this way, since each needs of the chunks before it only the caches of the same
 * layers. Source: SGLang's chunked pipeline parallelism with asynchronous sends,
 * https://www.lmsys.org/blog/2026-01-15-chunked-pipeline.
 *
 * @param stages layers of each stage
 */
export function pipelineSeconds(batches: readonly MicroBatchSeconds[], stages: readonly number[]): number {
  const finished = stages.map(() => 0);
  for (const batch of batches) {
    let sent = 0;
    stageSeconds(batch, stages).forEach((seconds, s) => {
      finished[s] = Math.max(finished[s]!, sent) + seconds;
      sent = finished[s] + batch.hop;
    });
  }
  return finished.at(-1)!;
}
