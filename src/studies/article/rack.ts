import { modelOf, systemOf } from "../../files/machines.ts";
import { parseSpec } from "../../attention/spec.ts";
import { formatBytes, formatSeconds } from "../../core/units.ts";
import { stepOf } from "../../deployment/decode.ts";
import { divisionsOf } from "../../deployment/division.ts";
import { modelCost } from "../../deployment/model-cost.ts";
import { fastestPrefill } from "../../deployment/prefill.ts";
import { usersThatFit } from "../../deployment/choice.ts";
import { candidateCost } from "../explain/cost.ts";
import type { Evidence } from "./chapter.ts";

/** Setting of every step, user and byte that the report says: a model on NVL72 racks, all users at one context. */
export const rackSetting = {
  model: "deepseek-v3",
  weights: "nvfp4",
  kvDtype: "fp8",
  tokens: 2 ** 20,
  users: 64,
} as const;

const named = new Map<string, unknown>();

/** Works a number out once: chapters ask for the same. */
function once<T>(key: string, make: () => T): T {
  if (!named.has(key)) named.set(key, make());
  return named.get(key) as T;
}

/** An attention on a rack: seconds of a decode step, bytes that it reads for a user, and users whose caches fit. */
export function onRack(system: string, variant: string, reads = 1) {
  return once(`${system} ${variant} ${reads}`, () => {
    const { model, weights, kvDtype, tokens, users } = rackSetting;
    const systems = [systemOf(system)];
    const setting = { model: modelOf(model), systems, weights, kvDtype, tokens, users };
    const { bytesReadPerToken, systems: found } = candidateCost(variant, reads, setting);
    const on = { model: setting.model, system: systems[0]!, spec: parseSpec(variant), weights, kvDtype };
    const { pass } = stepOf({ ...on, users, tokens, reads });
    const { tpotSeconds, usersPerRack } = found[0]!;
    if (tpotSeconds === null) throw new Error(`${users} users do not fit ${system} with ${variant}`);
    return {
      step: tpotSeconds,
      bytes: bytesReadPerToken,
      users: usersPerRack,
      /** seconds of the step in its feed-forward layers, and in exchanges between GPUs */
      feedForward: pass.feedForwardSeconds,
      links: pass.linkSeconds,
    };
  });
}

const where = (system: string, variant: string): string =>
  `${rackSetting.model} with ${variant} on ${system}`;

export const stepText = (evidence: Evidence, system: string, variant: string, reads = 1): string =>
  evidence.say(
    `decode step of ${where(system, variant)}, ${reads} ${reads === 1 ? "read" : "reads"}`,
    formatSeconds(onRack(system, variant, reads).step),
  );

export const usersText = (evidence: Evidence, system: string, variant: string): string =>
  evidence.say(`users of ${where(system, variant)}`, String(onRack(system, variant).users));

export const bytesText = (evidence: Evidence, system: string, variant: string): string =>
  evidence.say(
    `bytes that a step of ${rackSetting.model} with ${variant} reads for a user`,
    formatBytes(onRack(system, variant).bytes),
  );

/** The cache of one user of a model, and the users of each rack, at the report's context and dtypes. */
export function cacheOf(modelName: string, variant: string, systems: readonly string[]) {
  const { weights, kvDtype, tokens } = rackSetting;
  const on = { model: modelOf(modelName), spec: parseSpec(variant), kvDtype, weights };
  const { keptBytes, indexKeptBytes, stateBytes } = modelCost(on.model, on.spec, tokens, kvDtype);
  return {
    bytes: keptBytes + indexKeptBytes + stateBytes,
    users: systems.map((name) => usersThatFit({ system: systemOf(name), ...on }, tokens)),
  };
}

/** Seconds to read one prompt on a whole rack, in passes of 8,192 tokens. */
export const readingSeconds = (system: string, variant: string, tokens: number): number =>
  once(`prefill ${system} ${variant} ${tokens}`, () => {
    const { weights, kvDtype } = rackSetting;
    const model = modelOf(rackSetting.model);
    const on = { model, system: systemOf(system), spec: parseSpec(variant), kvDtype, weights };
    const asked = { prompts: 1, tokens, cachedTokens: 0, chunkTokens: 8192 };
    const found = fastestPrefill(divisionsOf(on, "prefill"), asked);
    if (found === undefined) throw new Error(`${rackSetting.model} cannot be divided among ${system}`);
    return found.seconds;
  });
