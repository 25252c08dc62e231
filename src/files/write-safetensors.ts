import { littleEndian } from "./npy.ts";

/** A tensor of float32. */
export interface NamedTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/**
 * Bytes of a .safetensors file (https://huggingface.co/docs/safetensors/index#format): the length of its header, the
 * header in JSON, the numbers of each tensor.
 *
 * @param metadata texts by name, kept in the header under `__metadata__`
 */
export function safetensorsBytes(
  tensors: Readonly<Record<string, NamedTensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  let end = 0;
  const entries = Object.entries(tensors).map(([name, { shape, data }]) => {
    const start = end;
    end += data.byteLength;
    return [name, { dtype: "F32", shape, data_offsets: [start, end] }] as const;
  });
  const text = Buffer.from(JSON.stringify({ __metadata__: metadata, ...Object.fromEntries(entries) }));
  // numbers begin at a multiple of 8 bytes
  const length = Math.ceil(text.length / 8) * 8;
  const bytes = Buffer.alloc(8 + length + end, " ");
  bytes.writeBigUInt64LE(BigInt(length));
  text.copy(bytes, 8);
  let at = 8 + length;
  for (const { data } of Object.values(tensors)) {
    bytes.set(littleEndian(data), at);
    at += data.byteLength;
  }
  return bytes;
}
