/** What the time of a trial goes to; whatever is none of these is `other`. */
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

/** Runs work that is a part of something measured, and gives its result. */
export type Measure = <T>(part: ProfilePart, work: () => T) => T;

/** Where nobody asks for times. */
export const unmeasured: Measure = (_, work) => work();

/** Time of one part: what parts within it took is theirs, so that all parts together add up. */
export interface PartTime {
  /** whose work it was: a variant; empty for work that variants share */
  readonly owner: string;
  readonly part: ProfilePart;
  readonly calls: number;
  readonly seconds: number;
}

/** Adds up the time of parts, by a clock that is handed in. */
export class Profile {
  readonly #clock: () => number;
  readonly #began: number;
  readonly #times = new Map<string, { -readonly [K in keyof PartTime]: PartTime[K] }>();
  /** seconds of the parts that have ended within the part under way; outside all parts, of all of them */
  #within = 0;

  /** @param clock seconds */
  constructor(clock: () => number) {
    this.#clock = clock;
    this.#began = clock();
  }

  /** Measures parts on account of an owner. */
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

  /** The times so far, `other` being what no part of the time since the profile began accounts for. */
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
