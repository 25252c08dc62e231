// Constants that the kernels (assembly/) share with the code that calls them. TypeScript and AssemblyScript both
// compile this file: whole numbers are i32 to AssemblyScript, others f64. Offsets and sizes are in bytes unless they
// say "rows" or "numbers".

/** Score of a row that a query does not see. Its weight is exactly 0; it is finite, so that its product with 0 is 0. */
export const farScore = -1e30;

/** Rows whose scores a kernel holds at a time, for one query. */
export const spanRows = 256;

/** Rows whose scores a kernel holds at a time, for a block of queries. */
export const tileRows = 64;

/** Numbers to whose multiple rows of queries and of outputs are padded: two vectors. */
export const paddedNumbers = 8;

/** Numbers of a packed row that kernels decode at a time. */
export const decodedNumbers = 16;

/** Constants before a decoded row. */
export const constantBytes = 80;

/** Bits of a score that the histogram of `topK` counts at a time, and its bins. */
export const binBits = 13;
export const bins = 1 << binBits;

/** Bytes past the end of the last row that kernels may read. */
export const readAheadBytes = 256;

/** A piece of a query's rows, or of a block of queries: three int32 numbers. */
export const pieceGroup = 0;
export const pieceFirst = 4;
export const pieceEnd = 8;
export const pieceBytes = 12;

/** The softmax of one query over a piece: float32 numbers, of which the unnormalised output is the rest. */
export const recordMax = 0;
export const recordSum = 4;
export const recordMoment = 8;
export const recordOutput = 16;

/** The softmax of a chunk of scores: two float32 numbers. */
export const chunkMax = 0;
export const chunkSum = 4;
export const chunkBytes = 8;

/**
 * The description of a table: the address of its first row, the bytes from row to row, the numbers of a row, a dtype.
 */
export const tableRows = 0;
export const tableStride = 4;
export const tableWidth = 8;
export const tableDtype = 12;
export const tableBytes = 16;

/** Codes of dtypes. */
export const dtypeF32 = 0;
export const dtypeBf16 = 1;
export const dtypeFp8 = 2;
export const dtypeNvfp4 = 3;

/** The engine's memories: pages of 64 KiB. */
export const pageBytes = 65536;
export const initialPages = 1;
export const maximumPages = 65536;
