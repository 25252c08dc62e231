import type { Unit } from "../../core/units.ts";

/** A constant of a kernel's time: how it is fitted, and what it is where nothing is lost. */
export interface ConstantSpec {
  readonly doc: string;
  readonly unit: Unit;
  /** where the fit starts; the value where no rows decide it */
  readonly start: number;
  readonly min: number;
  readonly max: number;
  /** its value in the profile `ideal` */
  readonly ideal: number;
}

export type ConstantSpecs = Readonly<Record<string, ConstantSpec>>;
export type Constants<S extends ConstantSpecs> = { readonly [K in keyof S]: number };

/** A kernel whose time has constants. Each precision (and each system) has a set of its own. */
export interface Kernel<S extends ConstantSpecs = ConstantSpecs> {
  readonly name: string;
  readonly constants: S;
}

/** Values of the constants of one system by kernel, the kernel's case (a precision, or another distinction) and name. */
export type SystemConstants = Readonly<
  Record<string, Readonly<Record<string, Readonly<Record<string, number>>>>>
>;

/** Values of constants by system. */
export type FittedConstants = Readonly<Record<string, SystemConstants>>;

/** Seconds from the launch of a kernel to the start of its work, and from its end to the next launch. */
export const overhead = (start: number, doc = "launch, prologue and epilogue"): ConstantSpec => ({
  doc,
  unit: "s",
  start,
  min: 1e-12,
  max: 1e-3,
  ideal: 0,
});

/** A share of a peak rate that is reached. */
export const share = (start: number, doc: string, max = 1): ConstantSpec => ({
  doc,
  unit: "1",
  start,
  min: 1e-4,
  max,
  ideal: 1,
});

/**
 * How terms that run side by side add up: (a^p + b^p)^(1/p). 1 is one after the other, infinite is the longer of
 * the two.
 */
export const overlap = (start: number): ConstantSpec => ({
  doc: "p of (arithmetic^p + memory^p)^(1/p): 1 is one after the other, infinity is full overlap",
  unit: "1",
  start,
  min: 1,
  max: 16,
  ideal: Infinity,
});

/** A share of HBM bandwidth that a pass of its own reaches; ideally the kernels beside it do its work on the way. */
export const hidden = (start: number, doc: string): ConstantSpec => ({
  ...share(start, doc, 100),
  ideal: Infinity,
});

/** The share of a GPU that one unit of parallel work keeps busy. */
export const busy = (start: number, doc: string): ConstantSpec => ({
  doc,
  unit: "1",
  start,
  min: 1e-4,
  max: 1e3,
  ideal: Infinity,
});

/** A number of rows, tiles or tokens. */
export const count = (start: number, ideal: number, doc: string): ConstantSpec => ({
  doc,
  unit: "1",
  start,
  min: 0,
  max: 1e5,
  ideal,
});
