import { remember } from "../../core/remember.ts";
import { formatSeconds, formatUsd } from "../../core/units.ts";
import { divisionsOf } from "../../deployment/division.ts";
import { fits } from "../../deployment/memory.ts";
import { fastestPrefill } from "../../deployment/prefill.ts";
import { priceVariant } from "../../deployment/variant-price.ts";
import type { HardwareSide } from "../questions.ts";
import { keptResults } from "./asked-model.ts";
import type { OnSystem } from "./asked-model.ts";
import { requests, tpotLimit } from "./requests.ts";
import { stepOn } from "./step-side.ts";

/** Time to the first token of one prompt of the context's length. Users and the step's division do not change it. */
export const promptFacts = remember(
  keptResults,
  ({ system, asked }: OnSystem) => JSON.stringify({ system, asked: { ...asked, users: 1, parallel: "" } }),
  (one): HardwareSide["facts"] => {
    const { on, tokens } = stepOn(one);
    const found = fastestPrefill(divisionsOf(on, "prefill"), { prompts: 1, tokens, cachedTokens: 0 });
    const time = found !== undefined && fits(found.lack) ? formatSeconds(found.seconds) : "-";
    return [["TTFT of one prompt", time]];
  },
);

/** Prices of tokens at the system's rental, where no token takes longer than the limit. */
export const priceFacts = remember(
  keptResults,
  (one: OnSystem) => JSON.stringify(one),
  (one): HardwareSide["facts"] => {
    const { on, tokens, decode } = stepOn(one);
    const rental = on.system.gpu.rental?.value;
    if (rental === undefined) return [];
    const { dollarsPerMillionInput, dollarsPerMillionOutput } = priceVariant({
      divisions: { prefill: divisionsOf(on, "prefill"), decode },
      workload: { ...requests, inputTokens: tokens },
      users: one.asked.users,
      tpotLimit,
      dollarsPerGpuHour: rental,
    });
    const shown = (usd: number | null): string => (usd === null ? "-" : formatUsd(usd));
    return [
      ["$/M in", shown(dollarsPerMillionInput)],
      ["$/M out", shown(dollarsPerMillionOutput)],
    ];
  },
);
