import { integer } from "./values.ts";

/** Options that divide trials among workers. */
export const workerOptions = {
  workers: ["--workers <n>", "trials that run side by side (default: by cores and memory)", integer(1)],
  threads: ["--threads <n>", "kernel threads of a worker (default: the cores left)", integer(1)],
} as const;
