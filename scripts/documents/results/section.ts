/** A sentence about results, and whether its numbers carry it. */
export interface Finding {
  readonly text: string;
  /** the claim of the sentence, worked out from the numbers; a test fails when it is false */
  readonly holds: boolean;
}

/** The results of one experiment: a section of docs/results.md. */
export interface ResultSection {
  /** folder of results/ */
  readonly name: string;
  /** what ran: problems, engine, parameters */
  readonly settings: string;
  readonly assumptions?: readonly string[];
  readonly findings: readonly Finding[];
  /** sentences that the experiment itself made of its rows */
  readonly own?: readonly string[];
  readonly tables?: readonly string[];
  /** file of the figure to show */
  readonly figure?: string;
}
