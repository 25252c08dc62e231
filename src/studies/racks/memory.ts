import { leastLack, roomiest } from "../../deployment/choice.ts";
import { weightBytesPerGpu } from "../../deployment/weights.ts";
import { divisionsOf } from "../../deployment/division.ts";
import { reservedOn } from "../../deployment/memory.ts";
import { memoryParts } from "../../deployment/memory-parts.ts";
import type { MemoryPart } from "../../deployment/memory-parts.ts";
import { formatParallel } from "../../hardware/parallel.ts";
import { gpusOf } from "../../hardware/parallelism.ts";
import { rackSettings, rowStart, undivided } from "./settings.ts";
import type { RackQuestion, RackRow } from "./settings.ts";

/** Memory of models on racks. */
export interface MemoryQuestion extends RackQuestion {
  /** users for whom missing memory is shown */
  readonly users: number;
}

/** The memory of a user, and the users who fit, on the division that holds the most. */
export interface MemoryRow extends RackRow {
  readonly parallel: string;
  readonly gpus: number;
  readonly weightBytes: number;
  readonly availableBytes: number;
  readonly keptBytes: number;
  readonly indexKeptBytes: number;
  readonly stateBytes: number;
  readonly hostBytes: number;
  /** HBM that the engine's rule sets aside for a user; null without a rule */
  readonly reservedBytes: number | null;
  /** its bytes whatever the length, and those of each token, of a long sequence */
  readonly reservedFixed: number | null;
  readonly reservedSlope: number | null;
  /** true: the larger of the two, not their sum */
  readonly reservedLarger: boolean;
  readonly usersPerGpu: number;
  readonly usersPerRack: number;
  readonly users: number;
  readonly shortBytes: number;
  readonly hostShortBytes: number;
  /** every number with its source or formula */
  readonly parts: readonly MemoryPart[];
}

/** Memory of the settings of a question. @throws UsageError for an unknown name or a model that cannot be divided */
export const memoryRows = (question: MemoryQuestion): MemoryRow[] =>
  rackSettings(question).map((setting) => {
    const { users } = question;
    const divisions = divisionsOf(setting, "decode");
    const memory = roomiest(divisions, setting.tokens) ?? undivided(setting);
    const { division, user, hbm, users: usersPerRack } = memory;
    const lack = leastLack(divisions, users, setting.tokens);
    const gpus = gpusOf(division.parallel);
    const reserved = reservedOn(division);
    return {
      ...rowStart(setting),
      parallel: formatParallel(division.parallel),
      gpus,
      weightBytes: gpus * weightBytesPerGpu(division),
      availableBytes: hbm,
      keptBytes: user.kept,
      indexKeptBytes: user.indexKept,
      stateBytes: user.state,
      hostBytes: user.far,
      reservedBytes: reserved?.bytes(setting.tokens) ?? null,
      reservedFixed: reserved?.fixed ?? null,
      reservedSlope: reserved?.slope ?? null,
      reservedLarger: reserved?.larger ?? false,
      usersPerGpu: usersPerRack / setting.system.gpus.value,
      usersPerRack,
      users,
      shortBytes: lack.hbm,
      hostShortBytes: lack.host,
      parts: memoryParts(memory, { users, lack }),
    };
  });
