/**
 * Writes test/attention/data/planes.npy: (kv heads, tables, bits, d) the random planes of the MagicPIG of the golden
 * tests, which scripts/golden/peers.py hashes with.
 */
import { writeFileSync } from "node:fs";
import { hash64 } from "../../src/core/random.ts";
import { flat, zeros } from "../../src/core/tensor.ts";
import { referenceEngine } from "../../src/engines/reference/engine.ts";

const [kvHeads, tables, bits, width] = [2, 12, 3, 8];
const ops = referenceEngine();
const numbers = new Float32Array(kvHeads * tables * bits * width);
for (let h = 0; h < kvHeads; h++)
  for (let l = 0; l < tables; l++) {
    const planes = zeros(bits, width);
    ops.fillNormal(planes, hash64(`tensors/magicpig/${h}/${l}`));
    numbers.set(flat(planes), (h * tables + l) * bits * width);
  }
const shape = [kvHeads, tables, bits, width].join(", ");
const header = `${`{'descr': '<f4', 'fortran_order': False, 'shape': (${shape}), }`.padEnd(117)}\n`;
const start = Buffer.concat([
  Buffer.from("\x93NUMPY\x01\x00", "latin1"),
  Buffer.from([header.length, 0]),
  Buffer.from(header),
]);
writeFileSync(
  new URL("../../test/attention/data/planes.npy", import.meta.url),
  Buffer.concat([start, Buffer.from(numbers.buffer)]),
);
