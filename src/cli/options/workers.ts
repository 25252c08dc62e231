import { integer, positive } from "./values.ts";

/** Options that divide trials and memory among workers. */
export const workerOptions = {
  workers: ["--workers <n>", "trials that run side by side (default: by cores and memory)", integer(1)],
  memoryGb: [
    "--memory-gb <n>",
    "memory for all workers, decimal GB (default: 80% of the free memory)",
    positive,
  ],
  threads: ["--threads <n>", "kernel threads of a worker (default: the cores left)", integer(1)],
} as const;
