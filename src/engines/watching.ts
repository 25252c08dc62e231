import type { Choice } from "./choice.ts";
import { counting } from "./counting.ts";
import type { Ops } from "./ops.ts";

/** An engine that tells which choices are made with it. */
export const watching = (ops: Ops, see: (choice: Choice) => void): Ops => ({
  ...counting(ops),
  onChoice: see,
});
