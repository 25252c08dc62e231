import type { Interval } from "../../../core/stats.ts";
import { figuresOf } from "../compare.ts";
import type { AgreementFigures, SettingScore } from "../compare.ts";
import { differenceIntervals, intervalsOf } from "../intervals.ts";
import type { AgreementIntervals } from "../intervals.ts";
import type { AgreementReader } from "../simulate.ts";
import type { ReaderPart } from "./parts.ts";

/** A difference of the reader without a part from the full reader, on the same settings and problems. */
export interface PartDifference {
  readonly value: number;
  /** 95%: settings and problems drawn again, the same for both */
  readonly interval: Interval;
}

/** Agreement of the reader without a part. */
export interface AblatedPart {
  readonly name: string;
  readonly doc: string;
  readonly on: ReaderPart["on"];
  readonly off: ReaderPart["off"];
  readonly figures: AgreementFigures;
  /** without the part, less with it: an error that grows speaks for the part, a correlation that grows against it */
  readonly differences: Readonly<Record<"settingError" | "cellError" | "spearman", PartDifference>>;
}

/** Agreement of a reader with all parts, and without each of them. */
export interface AblationResult {
  readonly trials: number;
  readonly reader: AgreementReader;
  readonly full: AgreementFigures & { readonly intervals: AgreementIntervals };
  readonly parts: readonly AblatedPart[];
}

/** A part with the settings of the reader without it. */
export interface PartSettings {
  readonly part: ReaderPart;
  readonly settings: readonly SettingScore[];
}

/** Makes the answer of an ablation. @param full settings of the reader with all parts */
export const ablationResult = (
  full: readonly SettingScore[],
  parts: readonly PartSettings[],
  asked: Pick<AblationResult, "trials" | "reader">,
): AblationResult => ({
  ...asked,
  full: { ...figuresOf(full), intervals: intervalsOf(full, "ablation") },
  parts: parts.map((part) => ablatedPart(part, full)),
});

function ablatedPart(
  { part: { name, doc, on, off }, settings }: PartSettings,
  full: readonly SettingScore[],
): AblatedPart {
  const [own, whole] = [figuresOf(settings), figuresOf(full)];
  const intervals = differenceIntervals([settings, full], "ablation");
  const difference = (measure: keyof AblatedPart["differences"]): PartDifference => ({
    value: (own[measure] ?? 0) - (whole[measure] ?? 0),
    interval: intervals[measure],
  });
  return {
    name,
    doc,
    on,
    off,
    figures: own,
    differences: {
      settingError: difference("settingError"),
      cellError: difference("cellError"),
      spearman: difference("spearman"),
    },
  };
}
