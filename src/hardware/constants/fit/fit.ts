import { hash64 } from "../../../core/random.ts";
import type {
  Constants,
  ConstantSpec,
  ConstantSpecs,
  FittedConstants,
  Kernel,
  SystemConstants,
} from "../constants.ts";
import type { Machine } from "../../kernels/machine.ts";
import type { System } from "../../system.ts";
import type { MeasuredFile } from "./file.ts";
import { leastSquares, weakPrior } from "./least-squares.ts";
import type { MeasuredRow } from "./rows.ts";

/** A measured file and its rows, of any system. */
export interface Measured {
  readonly file: MeasuredFile;
  readonly rows: readonly MeasuredRow[];
}

/** True if the row is held out of the fit. One row in four is, by a hash of its texts. */
export const isHeldOut = (row: MeasuredRow): boolean => hash64(row.key)[0] % 4 === 0;

/** Measured time of a row, s. */
export const measuredSeconds = (row: MeasuredRow): number => row.number("latency_ms", 1e-9) / 1e3;

/** The constants of a kernel in a case, during the fit. */
interface Fitting {
  readonly kernel: Kernel;
  readonly which: string;
  readonly values: Record<string, number>;
  decided: boolean;
}

/**
 * Weight per row of the constants fitted to all systems, in the fit of one system: of 1e-3, 1e-2, 5e-2 and .3 the one with
 * the smallest 90th percentile of errors on rows held out.
 */
const alike = 1e-2;

/**
 * Constants of the kernels of each system. They are fitted to the rows of all systems together. A second fit starts there and
 * takes each system's own rows, so constants that these rows do not decide keep their values.
 *
 * @param start constants to start from; constants that the rows do not decide keep them
 * @param onFile called after each file of each fit
 */
export function fitSystems(
  systems: readonly System[],
  files: readonly Measured[],
  { start = {}, onFile }: { readonly start?: SystemConstants; readonly onFile?: () => void } = {},
): FittedConstants {
  const together = fitRows({ systems, files, start, prior: weakPrior }, onFile);
  return Object.fromEntries(
    systems.map((system) => [
      system.name,
      fitRows({ systems: [system], files, start: together, prior: alike }, onFile),
    ]),
  );
}

/** Rows of some systems, and the start of their fit. */
interface RowsToFit {
  readonly systems: readonly System[];
  readonly files: readonly Measured[];
  readonly start: SystemConstants;
  /** weight of staying with the start, per row */
  readonly prior: number;
}

/**
 * Constants of kernels, fitted file after file. Each file decides the constants that its rows need and that no earlier
 * file decided. The fit makes logarithms of predicted over measured times small, without the rows held out.
 */
function fitRows({ systems, files, start, prior }: RowsToFit, onFile?: () => void): SystemConstants {
  const sets = new Map<string, Fitting>();
  let asked = new Set<Fitting>();
  const constants = <S extends ConstantSpecs>(kernel: Kernel<S>, which: string): Constants<S> => {
    const key = `${kernel.name}\n${which}`;
    let set = sets.get(key);
    if (set === undefined) {
      const values = {
        ...Object.fromEntries(Object.entries(kernel.constants).map(([name, spec]) => [name, spec.start])),
        ...start[kernel.name]?.[which],
      };
      sets.set(key, (set = { kernel, which, values, decided: false }));
    }
    asked.add(set);
    return set.values as Constants<S>;
  };
  const machines = new Map(
    systems.map((system): [string, Machine] => [
      system.name,
      { system, profile: "measured", notes: [], constants },
    ]),
  );
  const machineOf = (row: MeasuredRow): Machine => machines.get(row.text("system"))!;
  for (const { file, rows } of files) {
    const own = rows.filter((row) => machines.has(row.text("system")) && !isHeldOut(row));
    const asking = own.map((row) => {
      asked = new Set();
      file.predict(machineOf(row), row);
      return { row, sets: [...asked].filter(({ decided }) => !decided) };
    });
    for (const { asking: group, sets: free } of connected(asking)) {
      solve(free, group, (row) => file.predict(machineOf(row), row).seconds, prior);
      for (const set of free) set.decided = true;
    }
    onFile?.();
  }
  const result: Record<string, Record<string, Record<string, number>>> = {};
  for (const { kernel, which, values, decided } of sets.values())
    if (decided) (result[kernel.name] ??= {})[which] = values;
  return result;
}

/** Finds the free constants of the rows and stores them in their sets, to four digits. */
function solve(
  free: readonly Fitting[],
  asking: readonly Asking[],
  predict: (row: MeasuredRow) => number,
  prior: number,
): void {
  const unknowns = free.flatMap((set) =>
    Object.entries(set.kernel.constants).map(([name, spec]) => ({
      set,
      name,
      ...positive({ ...spec, start: set.values[name]! }),
    })),
  );
  /** Sets whose values change. */
  const place = (values: readonly number[]): ReadonlySet<Fitting> => {
    const changed = new Set<Fitting>();
    unknowns.forEach(({ set, name }, i) => {
      const value = Number(values[i]!.toPrecision(12));
      if (set.values[name] !== value) changed.add(set);
      set.values[name] = value;
    });
    return changed;
  };
  const residualOf = ({ row }: Asking): number => Math.log(predict(row) / measuredSeconds(row));
  let known = asking.map(residualOf);
  const found = leastSquares(
    unknowns,
    (values) => {
      const changed = place(values);
      known = known.map((before, i) => {
        const row = asking[i]!;
        return row.sets.some((set) => changed.has(set)) ? residualOf(row) : before;
      });
      return known;
    },
    prior,
  );
  place(found.map((value) => Number(value.toPrecision(4))));
}

/** Bounds above 0, since the fit moves in logarithms. */
const positive = ({ start, min, max }: ConstantSpec): { start: number; min: number; max: number } => ({
  min: Math.max(min, max * 1e-9),
  max,
  start: Math.max(start, min, max * 1e-9),
});

interface Asking {
  readonly row: MeasuredRow;
  readonly sets: readonly Fitting[];
}

/** Rows that share free sets, and these sets. */
interface Group {
  readonly asking: readonly Asking[];
  readonly sets: readonly Fitting[];
}

/** Groups of rows that share free sets. Each group is fitted separately. */
function connected(asking: readonly Asking[]): Group[] {
  const groups = new Map<Fitting, { asking: Asking[]; sets: Set<Fitting> }>();
  for (const row of asking) {
    const joined = { asking: [] as Asking[], sets: new Set(row.sets) };
    for (const group of new Set(row.sets.flatMap((set) => groups.get(set) ?? []))) {
      joined.asking.push(...group.asking);
      for (const set of group.sets) joined.sets.add(set);
    }
    joined.asking.push(row);
    for (const set of joined.sets) groups.set(set, joined);
  }
  return [...new Set(groups.values())].map((group) => ({ asking: group.asking, sets: [...group.sets] }));
}
