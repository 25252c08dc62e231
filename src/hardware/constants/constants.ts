import type { Unit } from "../../core/units.ts";

/** A constant of a kernel's time: the range of its fit, and its ideal value. */
export interface ConstantSpec {
  readonly doc: string;
  readonly unit: Unit;
  /** start of the fit; the value if no rows decide it */
  readonly start: number;
  readonly min: number;
  readonly max: number;
  /** value in the profile `ideal` */
  readonly ideal: number;
}

export type ConstantSpecs = Readonly<Record<string, ConstantSpec>>;
export type Constants<S extends ConstantSpecs> = { readonly [K in keyof S]: number };

/** A kernel whose time has constants, with a set of values for each system and case. */
export interface Kernel<S extends ConstantSpecs = ConstantSpecs> {
  readonly name: string;
  readonly constants: S;
}

/** Values of the constants of one system by kernel, case of the kernel (a precision or another trait) and name. */
export type SystemConstants = Readonly<
  Record<string, Readonly<Record<string, Readonly<Record<string, number>>>>>
>;

/** Values of constants by system. */
export type FittedConstants = Readonly<Record<string, SystemConstants>>;

/** A constant in seconds; by default the time around a kernel's work, from its launch to the next launch. */
export const overhead = (start: number, doc = "launch, prologue and epilogue"): ConstantSpec => ({
  doc,
  unit: "s",
  start,
  min: 1e-12,
  max: 1e-3,
  ideal: 0,
});

/** A constant: the share of a peak rate that a kernel reaches. */
export const share = (start: number, doc: string, max = 1): ConstantSpec => ({
  doc,
  unit: "1",
  start,
  min: 1e-4,
  max,
  ideal: 1,
});

/**
 * A constant: the p with which terms that run side by side add up to (a^p + b^p)^(1/p). 1 is one after the other, infinity
 * is the longer one.
 */
export const overlap = (start: number): ConstantSpec => ({
  doc: "p of (arithmetic^p + memory^p)^(1/p): 1 is one after the other, infinity is full overlap",
  unit: "1",
  start,
  min: 1,
  max: 16,
  ideal: Infinity,
});

/** A constant: the share of HBM bandwidth that a separate pass over memory reaches. Ideally it hides in other kernels. */
export const hidden = (start: number, doc: string): ConstantSpec => ({
  ...share(start, doc, 100),
  ideal: Infinity,
});

/** A constant: the share of a GPU that one unit of parallel work keeps busy. */
export const busy = (start: number, doc: string): ConstantSpec => ({
  doc,
  unit: "1",
  start,
  min: 1e-4,
  max: 1e3,
  ideal: Infinity,
});

/** A constant: a number of rows, tiles or tokens. */
export const count = (start: number, ideal: number, doc: string): ConstantSpec => ({
  doc,
  unit: "1",
  start,
  min: 0,
  max: 1e5,
  ideal,
});
