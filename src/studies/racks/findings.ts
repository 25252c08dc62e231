import { formatLength } from "../../core/length.ts";
import { distinct } from "../../core/group.ts";
import { compare } from "../rules.ts";
import type { Comparison } from "../rules.ts";

/** Users of a rack, by rack, model and variant. */
export interface UsersRow {
  readonly system: string;
  readonly model: string;
  readonly variant: string;
  readonly usersPerRack: number;
}

const countWords: Readonly<Record<Comparison, string>> = { less: "fewer", alike: "as many", more: "more" };

/**
 * Users of each variant against dense attention, a sentence a model.
 *
 * @param rows of one length and dtype
 */
export function userFindings(rows: readonly UsersRow[], setting: string): string[] {
  const systems = distinct(rows.map(({ system }) => system));
  return distinct(rows.map(({ model }) => model)).map((model) => {
    const own = rows.filter((row) => row.model === model);
    const usersOf = (variant: string): number[] =>
      systems.map(
        (system) => own.find((row) => row.system === system && row.variant === variant)!.usersPerRack,
      );
    const dense = usersOf("dense");
    const others = distinct(own.map(({ variant }) => variant))
      .filter((variant) => variant !== "dense")
      .map((variant) => {
        const users = usersOf(variant);
        const words = distinct(users.map((count, i) => countWords[compare(count, dense[i]!, 0)]));
        return `${variant} ${users.join(" and ")} (${words.join(", then ")})`;
      });
    return `${model}, ${setting}, users of ${systems.join(" and ")}: dense ${dense.join(" and ")}; ${others.join("; ")}`;
  });
}

/** The time of a token, by rack, model, variant and length; null where the caches do not fit. */
export interface TokenTimeRow {
  readonly system: string;
  readonly model: string;
  readonly variant: string;
  readonly tokens: number;
  readonly tpotMs: number | null;
}

const timeWords: Readonly<Record<Comparison, string>> = {
  less: "shorter",
  alike: "as long",
  more: "longer",
};

/** Times of a token at the longest context against dense attention's, a sentence a model and rack. */
export function tokenTimeFindings(rows: readonly TokenTimeRow[]): string[] {
  const longest = Math.max(...rows.map(({ tokens }) => tokens));
  const at = rows.filter(({ tokens }) => tokens === longest);
  return distinct(at.map(({ system, model }) => `${model} on ${system}`)).map((place) => {
    const own = at.filter(({ system, model }) => `${model} on ${system}` === place);
    const dense = own.find(({ variant }) => variant === "dense")?.tpotMs ?? null;
    const fitting = own.flatMap(({ variant, tpotMs }) => (tpotMs === null ? [] : [{ variant, tpotMs }]));
    const without = own.filter(({ tpotMs }) => tpotMs === null).map(({ variant }) => variant);
    const told = ({ variant, tpotMs }: (typeof fitting)[number]): string =>
      variant === "dense" || dense === null
        ? `${variant} ${tpotMs.toFixed(1)} ms`
        : `${variant} ${tpotMs.toFixed(1)} ms (${timeWords[compare(tpotMs, dense)]})`;
    const lack =
      without.length === 0 ? "" : `${fitting.length === 0 ? "" : "; "}${without.join(", ")} do not fit`;
    return `${place}, ${formatLength(longest)} tokens: ${fitting.map(told).join(", ")}${lack}`;
  });
}

/** A placement of K and V: users who fit, and the time of a token. */
export interface PlacementRow {
  readonly variant: string;
  readonly placement: string;
  readonly usersPerRack: number;
  readonly tpotMs: number | null;
}

/**
 * Each placement against HBM, a sentence a variant: users and times, and whether room is bought with time.
 *
 * @param rows of one length; the first placement of each variant is HBM
 */
export const placementFindings = (rows: readonly PlacementRow[], length: string): string[] =>
  distinct(rows.map(({ variant }) => variant)).map((variant) => {
    const [hbm, ...others] = rows.filter((row) => row.variant === variant) as [
      PlacementRow,
      ...PlacementRow[],
    ];
    const time = (tpotMs: number | null): string =>
      tpotMs === null ? "too few for a step" : `${tpotMs.toFixed(1)} ms a token`;
    const told = others.map(({ placement, usersPerRack, tpotMs }) => {
      const users = `${usersPerRack} users (${countWords[compare(usersPerRack, hbm.usersPerRack, 0)]})`;
      return tpotMs === null || hbm.tpotMs === null
        ? `${placement} ${users}, ${time(tpotMs)}`
        : `${placement} ${users}, ${time(tpotMs)} (${timeWords[compare(tpotMs, hbm.tpotMs)]})`;
    });
    return `${variant} at ${length} tokens: ${hbm.placement} ${hbm.usersPerRack} users, ${time(hbm.tpotMs)}; ${told.join("; ")}`;
  });
