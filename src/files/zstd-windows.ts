// Frames of Zstandard, RFC 8878, section 3.1: a header with the size of the window that a decoder needs, then blocks.

/** Window in bytes that decoders take unless they are told otherwise: that of the command zstd. */
export const usualWindow = 2 ** 27;

/** First four bytes of a frame that is skipped, but for the lowest four bits. */
const skippable = 0x184d2a5;

/** Bytes of the dictionary's id, by the two lowest bits of a header. */
const idBytes = [0, 1, 2, 4] as const;

/** Checks the window of each frame, for which a decoder makes room. @throws RangeError for one of more than `most` bytes */
export function requireWindows(input: Uint8Array, most: number): void {
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength);
  let at = 0;
  while (at < input.length) {
    if (view.getUint32(at, true) >>> 4 === skippable) {
      at += 8 + view.getUint32(at + 4, true);
      continue;
    }
    const header = headerAt(view, at);
    if (header.window > most)
      throw new RangeError(`a page of Zstandard asks for a window of ${header.window} B; allowed: ${most} B`);
    at = endOfBlocks(view, header.end) + header.checksumBytes;
  }
}

/** Header of the frame at a place, which ends at `end`. */
function headerAt(view: DataView, at: number) {
  const flags = view.getUint8(at + 4);
  const isOne = (flags & 32) !== 0;
  const code = flags >> 6;
  const sizeBytes = code === 0 && !isOne ? 0 : 1 << code;
  const sizeAt = at + 5 + Number(!isOne) + idBytes[(flags & 3) as 0 | 1 | 2 | 3];
  return {
    window: isOne ? contentSize(view, sizeAt, sizeBytes) : windowOf(view.getUint8(at + 5)),
    end: sizeAt + sizeBytes,
    checksumBytes: (flags & 4) === 0 ? 0 : 4,
  };
}

/** Window of a descriptor: five bits of exponent, three of mantissa. */
const windowOf = (descriptor: number): number => 2 ** (10 + (descriptor >> 3)) * (1 + (descriptor & 7) / 8);

/** Bytes of a frame's content, which its header holds in 1, 2, 4 or 8 bytes. */
function contentSize(view: DataView, at: number, bytes: number): number {
  if (bytes === 1) return view.getUint8(at);
  if (bytes === 2) return view.getUint16(at, true) + 256;
  return bytes === 4 ? view.getUint32(at, true) : Number(view.getBigUint64(at, true));
}

/** End of the blocks that begin at a place. */
function endOfBlocks(view: DataView, start: number): number {
  let at = start;
  for (;;) {
    const bits = view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
    const isRepeated = ((bits >> 1) & 3) === 1;
    at += 3 + (isRepeated ? 1 : bits >> 3);
    if ((bits & 1) === 1) return at;
  }
}
