import type { FittedConstants } from "./machine.ts";

export const fitted: FittedConstants = {};
