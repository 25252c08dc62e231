import { basename, dirname, extname, resolve } from "node:path";
import { parse } from "yaml";

import { UsageError } from "../core/errors.ts";
import { isSystem, modelFrom, systemFrom } from "../hardware/config/user.ts";
import type { Model } from "../hardware/model.ts";
import { models } from "../hardware/models/all.ts";
import type { System } from "../hardware/system.ts";
import { systems } from "../hardware/systems/all.ts";
import { readText } from "./files.ts";

/** Whether a name is that of a file of data, and not of an entry. */
export const isDataFile = (name: string): boolean => /\.(ya?ml|json)$/i.test(name);

/** Reads YAML or JSON. @throws UsageError for a file that cannot be read or is neither */
function readData(file: string): unknown {
  try {
    return parse(readText(file)) as unknown;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const [reason] = (error instanceof Error ? error.message : String(error)).split("\n");
    throw new UsageError(`${file} is no YAML or JSON: ${reason ?? ""}`);
  }
}

/** Name of an entry whose file gives it none: the file's name, or for a config.json the name of its folder. */
function nameOf(file: string): string {
  const own = basename(file, extname(file));
  return own === "config" ? basename(dirname(resolve(file))) : own;
}

/** A system by its name, or from a file. @throws UsageError */
export const systemOf = (name: string): System =>
  isDataFile(name) ? systemFrom(readData(name), name, nameOf(name), systems) : systems.get(name);

/** A model by its name, or from a file: YAML, or a Hugging Face config.json. @throws UsageError */
export const modelOf = (name: string): Model =>
  isDataFile(name) ? modelFrom(readData(name), name, nameOf(name), models) : models.get(name);

/** The system or model that a file holds. @throws UsageError */
export const readMachine = (file: string): System | Model =>
  isSystem(readData(file), systems) ? systemOf(file) : modelOf(file);

/** Adds the system or model of a file to the known ones. @throws UsageError if its name is taken */
export function addMachine(file: string): void {
  const machine = readMachine(file);
  if ("gpu" in machine) systems.add(machine);
  else models.add(machine);
}
