import { closeSync, existsSync, fstatSync, readdirSync, readSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { UsageError } from "../core/errors.ts";
import { isObject, parseJson } from "../core/json.ts";
import { checked } from "./checked.ts";
import { openToRead, readText } from "./files.ts";
import { safetensorsTensors } from "./safetensors.ts";
import type { StoredTensor } from "./safetensors.ts";

/**
 * Every tensor of the .safetensors of a snapshot folder, read from their headers alone; empty for a folder without any.
 *
 * @throws UsageError for a file that cannot be read, or one that the index names and the folder lacks
 */
export function tensorsIn(folder: string): StoredTensor[] {
  const files = readdirSync(folder).filter((file) => file.endsWith(".safetensors"));
  if (files.length === 0) return [];
  const missing = indexed(folder).find((file) => !files.includes(file));
  if (missing !== undefined)
    throw new UsageError(
      `${folder} lacks ${missing}, which its index names: the bytes of its weights need every file, or none of them`,
    );
  return files.flatMap((file) => tensorsOf(join(folder, file)));
}

const indexSchema = z.object({ weight_map: z.record(z.string(), z.string()).default({}) });

/** Files that the index of a folder names. */
function indexed(folder: string): string[] {
  const index = join(folder, "model.safetensors.index.json");
  if (!existsSync(index)) return [];
  const { weight_map: map } = checked(indexSchema, parseJson(readText(index), index), index);
  return [...new Set(Object.values(map))];
}

function tensorsOf(path: string): StoredTensor[] {
  const fd = openToRead(path);
  try {
    const read = (from: number, length: number): Uint8Array => {
      const bytes = new Uint8Array(length);
      return bytes.subarray(0, readSync(fd, bytes, 0, length, from));
    };
    return safetensorsTensors(path, read, fstatSync(fd).size);
  } finally {
    closeSync(fd);
  }
}

/** The hf_quant_config.json of a snapshot folder, under the key that a config.json has for it; empty without one. */
export function quantizationIn(folder: string): { readonly quantization?: unknown } {
  const file = join(folder, "hf_quant_config.json");
  if (!existsSync(file)) return {};
  const described = parseJson(readText(file), file);
  return isObject(described) ? { quantization: described["quantization"] } : {};
}
