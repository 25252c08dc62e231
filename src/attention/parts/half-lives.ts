import { real } from "../../core/params.ts";
import type { ParamSpec } from "../../core/params.ts";

/** Shortest and longest half-life of a recurrent state, in tokens. */
export interface HalfLives {
  readonly shortest: number;
  readonly longest: number;
}

/** Parameters of half-lives that are spread over the parts of a state. @param part name of one: channel, head */
export const halfLifeParams = (
  part: string,
): { readonly shortest: ParamSpec<number>; readonly longest: ParamSpec<number> } => ({
  shortest: real(`half-life of the first ${part}, tokens`, { default: 256, min: 1, max: 1e12 }),
  longest: real(`half-life of the last ${part}, tokens`, {
    default: 1048576,
    min: 1,
    max: 1e12,
    sweep: [65536, 1048576],
  }),
});

/** Half-life, in tokens, at a place between the shortest (0) and the longest (1), evenly in their logarithm. */
export const halfLifeAt = (place: number, { shortest, longest }: HalfLives): number =>
  shortest * (longest / shortest) ** place;
