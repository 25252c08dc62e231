import { UsageError } from "../core/errors.ts";
import { draftTime, passOf } from "../hardware/pass/pass.ts";
import type { Pass } from "../hardware/pass/pass.ts";
import { decodePart, draftingSeconds, draftsAt, tokensPerStep } from "../hardware/serving/replica.ts";
import type { Drafting } from "../hardware/serving/replica.ts";
import { deploymentOf } from "./deployment.ts";
import { divisionsOf, limitedTo } from "./division.ts";
import type { Division, ModelOnSystem } from "./division.ts";
import { holding, quickest, roomiest } from "./choice.ts";
import { lackOn } from "./memory.ts";
import type { Lack } from "./memory.ts";

/** Users who decode together. All caches have one length. */
export interface Decoding {
  readonly users: number;
  /** tokens in the cache of each */
  readonly tokens: number;
  /** default: none */
  readonly drafts?: Drafting | undefined;
  /** reads of each query; default: 1. Each read after the first takes the step's attention again. */
  readonly reads?: number | undefined;
}

/** Time of a decode step of a division. */
export interface StepTime {
  readonly division: Division;
  readonly pass: Pass;
  /** time of drafting the tokens that the next step checks, s */
  readonly draftSeconds: number;
  /** time of the step: the pass, the reads after the first, and drafting, s */
  readonly seconds: number;
  /** time of a token of each user: the step's over the tokens that it yields, s */
  readonly tpotSeconds: number;
}

/** A decode step of a division. */
export interface DecodeAnswer extends StepTime {
  /** memory that the users' caches lack */
  readonly lack: Lack;
}

const noDrafts: Drafting = { tokens: 0, acceptance: 0 };

/** Time of a decode step of one division, even if the users' caches do not fit. */
export function stepOn(division: Division, decoding: Decoding): StepTime {
  const { users, tokens, drafts = noDrafts, reads = 1 } = decoding;
  const deployment = deploymentOf(division);
  const pass = passOf(deployment, [decodePart(users, tokens, drafts)]);
  const drafting = {
    draftSeconds: (sequences: number, newTokens: number, cachedTokens: number) =>
      draftTime(deployment, { sequences, newTokens, cachedTokens }).seconds,
  };
  const draftSeconds = draftingSeconds(drafting, users, tokens, drafts);
  const seconds = pass.time.seconds + (reads - 1) * pass.attentionSeconds + draftSeconds;
  return {
    division,
    pass,
    draftSeconds,
    seconds,
    tpotSeconds: seconds / tokensPerStep(draftsAt(drafts, tokens)),
  };
}

/** A decode step of one division. */
export const decodeOn = (division: Division, decoding: Decoding): DecodeAnswer => ({
  ...stepOn(division, decoding),
  lack: lackOn(drafting(division, decoding), decoding.users, decoding.tokens),
});

/** The division with memory set aside for the drafts of a step. */
const drafting = (division: Division, { drafts = noDrafts }: Decoding): Division =>
  drafts.tokens === 0 ? division : limitedTo(division, { draftTokens: drafts.tokens });

/**
 * The shortest decode step among the divisions that the caches fit. If they fit none, the shortest among the divisions
 * that lack the least memory. Undefined without divisions.
 */
export function fastestDecode(divisions: readonly Division[], decoding: Decoding): DecodeAnswer | undefined {
  const { users, tokens } = decoding;
  const held = holding(
    divisions.map((division) => drafting(division, decoding)),
    users,
    tokens,
  );
  const step = quickest(held.map((division) => stepOn(division, decoding)));
  return step && { ...step, lack: lackOn(step.division, users, tokens) };
}

/** Users who fit where those asked for do not, and the time of a token of each. */
export interface SustainedDecode {
  readonly users: number;
  readonly tpotSeconds: number;
}

/** The shortest decode step of the users who fit, where more are asked for; undefined if all fit, or none does. */
export function sustainedDecode(
  divisions: readonly Division[],
  decoding: Decoding,
): SustainedDecode | undefined {
  const users =
    roomiest(
      divisions.map((division) => drafting(division, decoding)),
      decoding.tokens,
    )?.users ?? 0;
  if (users < 1 || users >= decoding.users) return undefined;
  const step = fastestDecode(divisions, { ...decoding, users });
  return step && { users, tpotSeconds: step.tpotSeconds };
}

/** A decode step of a model on a system. */
export interface StepQuestion extends ModelOnSystem, Decoding {}

/**
 * The decode step of a model on a system, on the division that makes it shortest. Every table with the time of a step
 * takes it from here. Under the profile `ideal` it is a lower bound.
 *
 * @throws UsageError when the model cannot be divided among the GPUs or cannot take the variant
 */
export function stepOf(question: StepQuestion): DecodeAnswer {
  const { system, model, gpus } = question;
  const answer = fastestDecode(divisionsOf(question, "decode"), question);
  if (answer === undefined)
    throw new UsageError(
      `${model.name} cannot be divided among ${gpus ?? system.gpus.value} GPUs of ${system.name}`,
    );
  return answer;
}
