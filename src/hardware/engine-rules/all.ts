import { ideal } from "./ideal.ts";
import type { EngineRule } from "./rule.ts";
import { sglang } from "./sglang.ts";
import { trtllm } from "./trtllm.ts";
import { vllm } from "./vllm.ts";

/** Every rule by which an engine sets memory aside for caches. */
export const engineRules = { ideal, vllm, sglang, trtllm } as const satisfies Readonly<
  Record<string, EngineRule>
>;

export type EngineRuleName = keyof typeof engineRules;

export const engineRuleNames = Object.keys(engineRules) as readonly EngineRuleName[];

/** Help of an option for rules. */
export const engineRuleHelp = `rule by which an engine sets memory aside for caches: ${engineRuleNames.join(", ")} (default: tokens in pages of 32)`;
