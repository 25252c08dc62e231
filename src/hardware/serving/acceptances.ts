import { Registry } from "../../core/entry.ts";
import type { Entry } from "../../core/entry.ts";
import type { AcceptanceCurve } from "./acceptance.ts";

/** A curve of the package. */
type NamedCurve = AcceptanceCurve & Entry;

/** Curves of acceptance, by model and drafts. */
export const acceptances = new Registry<NamedCurve>("acceptance of drafts", [
  {
    name: "kimi-k3-3",
    summary: "Kimi-K3 with three drafts: 2.98 tokens a step up to 16K, 1.25 from 256K on",
    drafts: 3,
    points: [
      { tokens: 16_384, perStep: 2.98 },
      { tokens: 262_144, perStep: 1.25 },
    ],
    sources: [
      {
        title: "InferenceX, Kimi-K3 DSpark, golden acceptance lengths",
        url: "https://github.com/SemiAnalysisAI/InferenceX/pull/2845",
        where: "3.00 tokens a step with three drafts of short prompts",
      },
    ],
    note: "both ends are quoted figures whose own page was not read; the source has 3.00 for short prompts",
  },
  {
    name: "kimi-k3-7",
    summary: "Kimi-K3 with seven drafts, natural text: 6.68 tokens a step at 32K, 5.77 at 98K, 1.76 at 131K",
    drafts: 7,
    points: [
      { tokens: 32_768, perStep: 6.68 },
      { tokens: 98_304, perStep: 5.77 },
      { tokens: 131_072, perStep: 1.764 },
    ],
    sources: [
      {
        title: "TokenSpeed, issue 1132: Kimi-K3 DSpark at long contexts",
        url: "https://github.com/lightseekorg/tokenspeed/issues/1132",
        where: "acceptance track, natural text",
      },
    ],
  },
]);
