/** Parts of a trial's time; `other` is the rest. */
export const profileParts = [
  "generate",
  "tokenise",
  "embed",
  "prepare",
  "attend",
  "decode",
  "score",
  "other",
] as const;

export type ProfilePart = (typeof profileParts)[number];

/** Runs a part of measured work, and returns its result. */
export type Measure = <T>(part: ProfilePart, work: () => T) => T;

/** Runs work without measuring it. */
export const unmeasured: Measure = (_, work) => work();

/** Time of one part, without the time of parts within it, so that the parts add up. */
export interface PartTime {
  /** variant that the work was done for; empty for work that variants share */
  readonly owner: string;
  readonly part: ProfilePart;
  readonly calls: number;
  readonly seconds: number;
}

/** Adds up the time of parts, by a given clock. */
export class Profile {
  readonly #clock: () => number;
  readonly #began: number;
  readonly #times = new Map<string, { -readonly [K in keyof PartTime]: PartTime[K] }>();
  /** seconds of the parts that have ended within the current part; outside all parts, of all parts */
  #within = 0;

  /** @param clock seconds */
  constructor(clock: () => number) {
    this.#clock = clock;
    this.#began = clock();
  }

  /** Measures parts for an owner. */
  for(owner: string): Measure {
    return (part, work) => {
      const outer = this.#within;
      this.#within = 0;
      const start = this.#clock();
      try {
        return work();
      } finally {
        const seconds = this.#clock() - start;
        this.#add(owner, part, seconds - this.#within);
        this.#within = outer + seconds;
      }
    };
  }

  /** Times so far; `other` is the time since the profile began that no part accounts for. */
  times(): PartTime[] {
    const other: PartTime = {
      owner: "",
      part: "other",
      calls: 1,
      seconds: this.#clock() - this.#began - this.#within,
    };
    return [...this.#times.values(), other];
  }

  #add(owner: string, part: ProfilePart, seconds: number): void {
    const key = `${owner} ${part}`;
    const time = this.#times.get(key) ?? { owner, part, calls: 0, seconds: 0 };
    this.#times.set(key, time);
    time.calls++;
    time.seconds += seconds;
  }
}
