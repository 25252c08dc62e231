import { closeSync, existsSync, fstatSync, openSync, readdirSync, readSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "../core/errors.ts";
import { reasonOf, readText } from "./files.ts";
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

/** Files that the index of a folder names. */
function indexed(folder: string): string[] {
  const index = join(folder, "model.safetensors.index.json");
  if (!existsSync(index)) return [];
  try {
    const { weight_map: map } = JSON.parse(readText(index)) as { weight_map?: Record<string, string> };
    return [...new Set(Object.values(map ?? {}))];
  } catch (error) {
    throw new UsageError(`${index} is no index of weights: ${reasonOf(error)}`);
  }
}

function tensorsOf(path: string): StoredTensor[] {
  let fd: number;
  try {
    fd = openSync(path, "r");
  } catch (error) {
    throw new UsageError(`cannot read ${path}: ${reasonOf(error)}`);
  }
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
  try {
    const { quantization } = JSON.parse(readText(file)) as { quantization?: unknown };
    return { quantization };
  } catch (error) {
    throw new UsageError(`${file} is no description of weights: ${reasonOf(error)}`);
  }
}
