import { availableParallelism, cpus } from "node:os";

/** Cores that this process may use. */
export const coresHere = (): number => availableParallelism();

export const processorName = (): string => cpus()[0]?.model.trim() ?? "unknown";
