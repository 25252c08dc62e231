import { integer } from "./values.ts";

/** Arguments and options that read or draw problems. */
export const problemOptions = {
  spec: "task spec, as graphwalks(operation=parents); not needed if the rows of --file name it",
  tokens: ["--tokens <n>", "nominal length of generated problems: 4K, 131072, 1M"],
  count: ["--count <n>", "number of problems (default: 1, or all of a file)", integer(1)],
  seed: [
    "--seed <n>",
    "seed of generated problems; a run with this seed has the same problems",
    integer(0),
    0,
  ],
  file: ["--file <path>", "read .parquet or .jsonl rows of the public dataset or of attnsim"],
  out: ["--out <path>", ".jsonl file (default: standard output)"],
} as const;
