import { expect, it } from "vitest";
import { limitKernels } from "../../src/engines/wasm/limits.ts";

it.each([1, 2])("the limit kernels do what they say, on %i threads", (threads) => {
  const { bytesRead, read, flops, multiplyAdd, close } = limitKernels({ threads, bytes: 2 ** 20 });
  expect(read()).toBe(bytesRead / 4); // ones
  expect(multiplyAdd()).toBe(64 * 12 * 4 * 2); // the fixed point of x / 2 + 1 in each lane
  expect(flops).toBe(64 * 2 ** 18 * 12 * 4 * 2);
  close();
});
