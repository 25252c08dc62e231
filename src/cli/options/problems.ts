import { integer } from "./values.ts";

/** Arguments and options of everything that reads or draws problems. */
export const problemOptions = {
  spec: "task spec, as graphwalks(operation=parents); may be absent where a file's rows name it",
  tokens: ["--tokens <n>", "nominal length of generated problems: 4K, 131072, 1M"],
  count: ["--count <n>", "problems (default: 1, or all of a file)", integer(1)],
  seed: ["--seed <n>", "seed of generated problems; a run with it has the same", integer(0), 0],
  file: ["--file <path>", "read .parquet or .jsonl rows: the public dataset's, or ours"],
  out: ["--out <path>", ".jsonl file (default: standard output)"],
} as const;
