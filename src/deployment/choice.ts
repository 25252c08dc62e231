import { divisionsOf } from "./division.ts";
import type { Division, ModelOnSystem } from "./division.ts";
import { lackOn, memoryOn } from "./memory.ts";
import type { DivisionMemory, Lack } from "./memory.ts";

/** Members with the least measure, in the order given. */
function leastBy<T>(members: readonly T[], measure: (member: T) => number): T[] {
  const values = members.map(measure);
  const least = Math.min(...values);
  return members.filter((_, i) => values[i] === least);
}

/** The member with the least time, and the first of equal ones. Undefined without members. */
export const quickest = <T extends { readonly seconds: number }>(members: readonly T[]): T | undefined =>
  leastBy(members, ({ seconds }) => seconds)[0];

/** Divisions that the users' caches fit. If they fit none, the divisions that lack the least memory. */
export const holding = (divisions: readonly Division[], users: number, tokens: number): Division[] =>
  leastBy(divisions, (division) => {
    const { hbm, host } = lackOn(division, users, tokens);
    return hbm + host;
  });

/** Memory that the users' caches lack, on the division that lacks the least. Nothing without divisions. */
export function leastLack(divisions: readonly Division[], users: number, tokens: number): Lack {
  const [division] = holding(divisions, users, tokens);
  return division === undefined ? { hbm: 0, host: 0 } : lackOn(division, users, tokens);
}

/** Memory of the division that holds the most users, and of the first of equal ones. Undefined without divisions. */
export const roomiest = (divisions: readonly Division[], tokens: number): DivisionMemory | undefined =>
  leastBy(
    divisions.map((division) => memoryOn(division, tokens)),
    ({ users }) => -users,
  )[0];

/** Users of one length who fit a system, on the division that holds the most; 0 if the model cannot be divided. */
export const usersThatFit = (on: ModelOnSystem, tokens: number): number =>
  roomiest(divisionsOf(on, "decode"), tokens)?.users ?? 0;
