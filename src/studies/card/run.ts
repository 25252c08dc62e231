import type { KvDtype } from "../../core/dtype.ts";
import { weightsOn } from "../../deployment/division.ts";
import { attentionLayer } from "../../hardware/layers/attention.ts";
import { feedForwardLayer } from "../../hardware/layers/feed-forward.ts";
import { feedingOf, nativeOf } from "../../hardware/model.ts";
import type { Model } from "../../hardware/model.ts";
import { parametersOf, weightCounts } from "../../hardware/parameters.ts";
import type { WeightCounts } from "../../hardware/parameters.ts";
import { weightPartNames } from "../../hardware/weights/parts.ts";
import type { ModelStorage } from "../../hardware/weights/parts.ts";
import type { Watch } from "../../runs/watch.ts";
import { rackSettings } from "../racks/settings.ts";
import type { RackQuestion, RackSetting } from "../racks/settings.ts";
import { cacheOf, reservesOf } from "./cache.ts";
import { foundBy, scoresOf } from "./found.ts";
import type { FoundQuestion, ScoreOf } from "./found.ts";
import { rackOf } from "./racks.ts";
import type { Card, CardAttention, CardFeedForward, CardWeights } from "./result.ts";

/** Models on racks, and the trials of what their attention finds. */
export interface CardQuestion {
  readonly racks: Omit<RackQuestion, "variant" | "unsuited" | "sweep" | "kvDtype"> & {
    readonly kvDtype: KvDtype;
  };
  /** users of a decode step */
  readonly users: number;
  readonly found: FoundQuestion;
}

/** Cards of models, in the order asked. @throws UsageError for a model that cannot be read or divided */
export async function cardsOf(question: CardQuestion, watch: Watch): Promise<Card[]> {
  const { racks, found } = question;
  const { system, model: names, context } = racks;
  const scores = scoresOf(found);
  const steps = names.length * (system.length * context.length + found.lengths.length);
  return watch.steps(steps, "parts", async (onStep) => {
    const cards: Card[] = [];
    for (const name of names) cards.push(await cardOf(name, question, scores, onStep));
    return cards;
  });
}

async function cardOf(
  name: string,
  { racks, users, found }: CardQuestion,
  scores: ScoreOf,
  onStep: () => void,
): Promise<Card> {
  const settings = rackSettings({ ...racks, model: [name], kvDtype: [racks.kvDtype] });
  const [{ model, spec, kvDtype, tokens: first }] = settings as [RackSetting];
  const longest = model.context?.value ?? null;
  const suited = settings.filter(({ tokens }) => racks.beyond || tokens <= (longest ?? Infinity));
  const beyond = [...new Set(settings.filter((each) => !suited.includes(each)).map(({ tokens }) => tokens))];
  const { total, active } = parametersOf(model);
  const reservedTokens = suited[0]?.tokens ?? Math.min(first, longest ?? Infinity);
  const native = nativeOf(model);
  const shipped = model.checkpoints?.[0]?.stored();
  const attention = model.attention.map((group): CardAttention => {
    const { variant, queryHeads, kvHeads } = attentionLayer(group);
    return { layers: group.layers.value, kind: group.kind, variant: variant ?? null, queryHeads, kvHeads };
  });
  return {
    model: model.name,
    summary: model.summary,
    longest,
    native,
    attention,
    feedForward: feedingOf(model).map((group): CardFeedForward => {
      const { experts, activeShare } = feedForwardLayer(group);
      return { layers: group.layers.value, experts, perToken: Math.round(experts * activeShare) };
    }),
    parameters: total,
    active,
    weights: weightsOfCard(model, settings),
    cache: cacheOf(model, spec, kvDtype),
    reservedTokens,
    reserves: reservesOf(model, spec, kvDtype, reservedTokens),
    racks: suited.map((setting) => {
      const rack = rackOf(setting, users);
      onStep();
      return rack;
    }),
    found: await foundBy(native, found, scores, onStep),
    unread: model.unread ?? [],
    ...(shipped !== undefined && "unread" in shipped && { unreadWeights: shipped.unread }),
    beyond,
  };
}

/** Bytes of the weights as shipped, where the formats are known, and as times are taken. */
function weightsOfCard(model: Model, settings: readonly RackSetting[]): CardWeights[] {
  const counts = weightCounts(model);
  const shipped = model.checkpoints?.[0];
  const read = shipped?.stored();
  const timed = new Map(settings.map((setting) => [setting.weights, weightsOn(setting)]));
  return [
    ...(shipped !== undefined && read !== undefined && "storage" in read
      ? [{ name: shipped.name, bytes: bytesOf(counts, read.storage) }]
      : []),
    ...[...timed].map(([name, weights]) => ({ name, bytes: bytesOf(counts, weights) })),
  ];
}

const bytesOf = (counts: WeightCounts, storage: ModelStorage): number =>
  weightPartNames.reduce((sum, part) => sum + counts[part] * storage[part].bytes, 0);
