import type { KvDtype, RowDtype } from "../core/dtype.ts";
import type { KeyValueCache } from "./cache.ts";
import { kivi } from "./parts/kivi.ts";

/** How a cache stores K and V of a dtype. */
export interface KvStorage {
  /** type to which each row is rounded as it is written */
  readonly row: RowDtype;
  /** makes the cache that decoding reads, of a dtype that rounds a whole cache after prefill */
  readonly afterPrefill?: NonNullable<KeyValueCache["afterPrefill"]>;
}

export const storageOf = (dtype: KvDtype): KvStorage =>
  dtype === "kivi2" ? { row: "f32", afterPrefill: kivi } : { row: dtype };
