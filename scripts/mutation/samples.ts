/** Files whose mutants are run, and the tests that are to notice them. Whole rooms take hours. */
export interface Sample {
  readonly files: readonly string[];
  readonly tests: readonly string[];
}

/** A sample of each room: the files of which a wrong number would go on into results without an error. */
export const samples: Readonly<Record<string, Sample>> = {
  core: {
    files: ["decimal", "length", "packed", "rank-correlation", "stats", "units"].map(
      (name) => `src/core/${name}.ts`,
    ),
    tests: ["test/core/**/*.test.ts"],
  },
  tasks: {
    files: ["src/tasks/graphwalks/score.ts", "src/tasks/mrcr/difflib.ts", "src/tasks/parts/match-all.ts"],
    tests: ["test/tasks/**/*.test.ts"],
  },
  hardware: {
    files: [
      ...["memory", "parallel", "parallelism"],
      ...["collectives", "exchange", "expert-exchange", "expert-loads", "routing"].map(
        (name) => `kernels/${name}`,
      ),
      ...["rule", "sglang", "trtllm", "vllm"].map((name) => `engine-rules/${name}`),
      ...["convolution-state", "delta", "mamba"].map((name) => `layers/${name}`),
    ].map((name) => `src/hardware/${name}.ts`),
    tests: ["test/hardware/**/*.test.ts", "test/deployment/{capacity,memory-laws,reserve}.test.ts"],
  },
  reader: {
    files: ["src/reader/readout.ts", "src/reader/reading.ts"],
    tests: ["test/reader/*.test.ts", "test/reader/geometry/**/*.test.ts"],
  },
  runs: {
    files: ["src/runs/effective.ts", "src/runs/pool.ts"],
    tests: ["test/runs/{effective,run}.test.ts"],
  },
};
