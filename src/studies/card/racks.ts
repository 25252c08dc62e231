import { roomiest } from "../../deployment/choice.ts";
import { fastestDecode } from "../../deployment/decode.ts";
import { divisionsOf } from "../../deployment/division.ts";
import { fits } from "../../deployment/memory.ts";
import { fastestPrefill } from "../../deployment/prefill.ts";
import type { RackSetting } from "../racks/settings.ts";
import { undivided } from "../racks/settings.ts";
import type { CardDecode, CardPrefill, CardRack } from "./result.ts";

/**
 * Users of a model on a rack, the time of a prompt alone, and of a decode step of the users asked for, or of those who fit
 * where they are fewer.
 *
 * @throws UsageError for a model that cannot be divided
 */
export function rackOf(setting: RackSetting, asked: number): CardRack {
  const { system, tokens } = setting;
  const decoding = divisionsOf(setting, "decode");
  const { users } = roomiest(decoding, tokens) ?? undivided(setting);
  const step = users === 0 ? undefined : fastestDecode(decoding, { users: Math.min(asked, users), tokens });
  const prompt = fastestPrefill(divisionsOf(setting, "prefill"), { prompts: 1, tokens, cachedTokens: 0 });
  const decode: CardDecode | null = step
    ? {
        asked,
        users: Math.min(asked, users),
        attentionSeconds: step.pass.attentionSeconds,
        feedForwardSeconds: step.pass.feedForwardSeconds,
        linkSeconds: step.pass.linkSeconds,
        headSeconds: step.pass.headSeconds,
        waitSeconds: step.pass.waitSeconds,
        tpotSeconds: step.tpotSeconds,
      }
    : null;
  const prefill: CardPrefill | null =
    prompt && fits(prompt.lack)
      ? {
          attentionSeconds: prompt.attentionSeconds,
          feedForwardSeconds: prompt.feedForwardSeconds,
          linkSeconds: prompt.linkSeconds,
          headSeconds: prompt.headSeconds,
          waitSeconds: prompt.waitSeconds,
          seconds: prompt.seconds,
        }
      : null;
  return { system: system.name, tokens, users, decode, prefill };
}
