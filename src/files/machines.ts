import { existsSync, statSync } from "node:fs";
import { basename, dirname, extname, join, resolve } from "node:path";
import { didYouMean, UsageError } from "../core/errors.ts";
import { isObject } from "../core/json.ts";
import { isSystem, modelFrom, systemFrom } from "../hardware/config/user.ts";
import type { Model } from "../hardware/model.ts";
import { models } from "../hardware/models/all.ts";
import { withTensors } from "../hardware/weights/tensors.ts";
import type { System } from "../hardware/system.ts";
import { systems } from "../hardware/systems/all.ts";
import { readText } from "./files.ts";
import { quantizationIn, tensorsIn } from "./snapshot.ts";
import { parseYaml } from "./yaml.ts";

/** Family that a file is read as, written behind it: `config.json@llama`. */
const readAs = /^(.+)@([\w.-]+)$/;

/**
 * Names of models with the files among them read as a family; names of the catalogue stay as they are.
 *
 * @throws UsageError if there is no file that says no family of its own, since the family would have no effect
 */
export function readAsFamily(names: readonly string[], family: string): string[] {
  const read = names.map((name) => (isDataFile(name) && !readAs.test(name) ? `${name}@${family}` : name));
  if (read.every((name, i) => name === names[i]))
    throw new UsageError(
      `--as ${family} has no effect: it is for files of models, and none of ${names.join(", ")} is one that it could change; ` +
        "allowed: config.json, my-model.yaml, or a folder with a config.json",
    );
  return read;
}

/** The file of a name: that of a snapshot folder is its config.json. */
function fileOf(name: string): { readonly file: string; readonly as?: string } {
  const [, bare = name, as] = readAs.exec(name) ?? [];
  const inner = join(bare, "config.json");
  const file = !isText(bare) && existsSync(inner) ? inner : bare;
  return { file, ...(as !== undefined && { as }) };
}

const isText = (name: string): boolean => /\.(ya?ml|json)$/i.test(name);

/** Whether a name is that of a file of data or of a snapshot folder with a config.json, and not of an entry. */
export const isDataFile = (name: string): boolean => isText(fileOf(name).file);

/** Reads YAML or JSON. @throws UsageError for a file that cannot be read or is neither */
const readData = (file: string): unknown => parseYaml(readText(file), file, "YAML or JSON");

/** Name of an entry whose file gives it none: the file's name, or for a config.json the name of its folder. */
function nameOf(file: string): string {
  const own = basename(file, extname(file));
  return own === "config" ? basename(dirname(resolve(file))) : own;
}

/** A system by its name, or from a file. @throws UsageError */
export const systemOf = (name: string): System =>
  isText(name) ? systemFrom(readData(name), name, nameOf(name), systems) : systems.get(name);

/**
 * A model by its name, or from a file: YAML, a Hugging Face config.json, or a snapshot folder that holds one, whose
 * .safetensors give the bytes of its weights. `config.json@llama` is read as a Llama.
 *
 * @throws UsageError for an unknown name, or a file that cannot be read
 */
export function modelOf(name: string): Model {
  if (!isDataFile(name)) {
    refuseFolder(name);
    refuseHubId(name);
    return models.get(name);
  }
  const { file, as } = fileOf(name);
  const folder = isText(readAs.exec(name)?.[1] ?? name) ? undefined : dirname(file);
  const data = readData(file);
  const described = folder !== undefined && isObject(data) ? { ...quantizationIn(folder), ...data } : data;
  const model = modelFrom(described, { file, fallback: nameOf(file), models, as });
  return folder === undefined ? model : withTensors(model, tensorsIn(folder));
}

/** @throws UsageError for a folder without a config.json that can be read */
function refuseFolder(name: string): void {
  if (models.has(name) || !statSync(name, { throwIfNoEntry: false })?.isDirectory()) return;
  throw new UsageError(
    `${name} is a folder without a config.json that can be read; allowed: a file (config.json, my-model.yaml) or a folder with a config.json`,
  );
}

/** @throws UsageError for the name of a repository of the Hugging Face hub, from which nothing is fetched */
function refuseHubId(name: string): void {
  if (models.has(name) || !/^[\w.-]+\/[\w.-]+$/.test(name)) return;
  const bare = name.slice(name.indexOf("/") + 1).toLowerCase();
  const near = [...models.names()].find((known) => bare.startsWith(known)) ?? "";
  const hint = near === "" ? didYouMean(bare, [...models.names()]) : `; the model "${near}" is built in`;
  throw new UsageError(
    `${name} is a repository of the Hugging Face hub, which is not asked: download its config.json and pass the file or its folder${hint}`,
  );
}

/** The system or model that a file holds. @throws UsageError */
export const readMachine = (file: string): System | Model =>
  isSystem(readData(fileOf(file).file), systems) ? systemOf(file) : modelOf(file);

/** Adds the system or model of a file to the known ones. @throws UsageError if its name is taken */
export function addMachine(file: string): void {
  const machine = readMachine(file);
  if ("gpu" in machine) systems.add(machine);
  else models.add(machine);
}
