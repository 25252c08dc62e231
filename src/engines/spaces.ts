import type { Tensor } from "../core/tensor.ts";
import { zeros } from "../core/tensor.ts";
import type { Ops, Space } from "./ops.ts";

/** Makes a (rows, width) result in the space of another tensor, or on the JavaScript heap for a tensor of the heap. */
export type Empty = (like: Tensor, rows: number, width: number) => Tensor;

/** Spaces of an engine that another hands out, and which it finds again by their tensors. */
export function borrowedMemory(owner: Ops): { space: (label: string) => Space; empty: Empty } {
  const spaces = new WeakMap<ArrayBufferLike, Space>();
  const remembered = (space: Space): Space => ({
    empty(...shape) {
      const taken = space.empty(...shape);
      spaces.set(taken.data.buffer, space);
      return taken;
    },
    bytes: (length) => space.bytes(length),
    scoped: (work) => space.scoped(work),
    clear: () => space.clear(),
  });
  return {
    space: (label) => remembered(owner.space(label)),
    empty: (like, rows, width) => spaces.get(like.data.buffer)?.empty(rows, width) ?? zeros(rows, width),
  };
}
