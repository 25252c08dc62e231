import { formatLength } from "../../../core/length.ts";
import { engineRules } from "../../../hardware/engine-rules/all.ts";
import { passAssumptions } from "../../../hardware/pass/pass.ts";
import type { Card } from "../../../studies/card/result.ts";
import type { CardQuestion } from "../../../studies/card/run.ts";
import { rackSettings } from "../../../studies/racks/settings.ts";
import { unlikeKernels } from "../../../studies/racks/unlike-kernels.ts";

/** Lengths beyond those that a model was made for: left out, costed or scored all the same. */
function lengthNotes({ model, longest, beyond, racks, found }: Card): string[] {
  const limit = longest ?? Infinity;
  const said = (of: readonly { readonly tokens: number }[], text: (lengths: string) => string): string[] => {
    const lengths = [...new Set(of.map(({ tokens }) => tokens).filter((tokens) => tokens > limit))];
    return lengths.length === 0
      ? []
      : [`${model} was made for ${limit} tokens: ${text(lengths.map(formatLength).join(", "))}`];
  };
  return [
    ...said(
      beyond.map((tokens) => ({ tokens })),
      (lengths) => `users and times at ${lengths} left out; --beyond insists`,
    ),
    ...said(racks, (lengths) => `users and times at ${lengths} are those of a model made for more`),
    ...said(
      found.scores,
      (lengths) => `scores at ${lengths} are the mechanism's; the model was not trained there`,
    ),
  ];
}

/** Meanings of rows, and what they rest on. */
export function notesOf(cards: readonly Card[], { users, found, racks }: CardQuestion): string[] {
  const lacking = cards.flatMap(({ model, found: { lacking } }) =>
    lacking === undefined ? [] : [`${model}: no scores of its attention: ${lacking}`],
  );
  const unknown = cards.flatMap(({ reserves }) =>
    reserves.flatMap((each) => ("unknown" in each ? [each.unknown] : [])),
  );
  const unread = cards.flatMap(({ model, unread: keys }) =>
    keys.length === 0 ? [] : [`keys of ${model} that were not understood: ${keys.join(", ")}`],
  );
  const unreadWeights = cards.flatMap(({ model, unreadWeights: reason }) =>
    reason === undefined ? [] : [`${model}: bytes of the weights as shipped are not known: ${reason}`],
  );
  return [
    ...unread,
    ...unreadWeights,
    ...cards.flatMap(lengthNotes),
    ...lacking,
    ...new Set(unknown),
    `set aside: ${Object.entries(engineRules)
      .map(([name, { summary }]) => `${name}: ${summary}`)
      .join("; ")}`,
    "users: those whose caches fit, on the division of the model that holds the most",
    "TTFT: time to compute one prompt alone, without a queue, on the division that makes it shortest",
    `TPOT: time of a token while ${users} users decode, or those who fit, on the division that makes it shortest`,
    `weights in ${racks.weights ?? "nvfp4, or fp8 if the GPU has no FP4; as shipped if that is 4 bits"}`,
    ...unlikeKernels(rackSettings({ ...racks, kvDtype: [racks.kvDtype] })),
    ...passAssumptions,
    `finds: mean score and 95% interval of ${found.trials} problems with the model's attention and with dense attention, ` +
      `${found.mode === "mean-field" ? "drawn in the mean field" : "in full numerics"}, by one reader: what the mechanism can find, no evidence about the model`,
  ];
}
