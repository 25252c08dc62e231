import { cores, positive } from "./values.ts";

/** Options that divide trials and memory among workers. */
export const workerOptions = {
  workers: ["--workers <n>", "trials that run side by side (default: by cores and memory)", cores],
  memoryGb: [
    "--memory-gb <n>",
    "memory for all workers, decimal GB (default: 80% of the free memory)",
    positive,
  ],
  threads: ["--threads <n>", "kernel threads of a worker (default: the cores left)", cores],
} as const;
