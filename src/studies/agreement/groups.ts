import { groupBy } from "../../core/group.ts";
import { figuresOf } from "./compare.ts";
import type { AgreementFigures, SettingScore } from "./compare.ts";
import { roleOf } from "./roles.ts";
import type { SettingRole } from "./roles.ts";

/** Ways to group settings. */
export const groupings = ["source", "model", "method", "tokens", "task"] as const;

/** Figures of the settings of a group that have the same role. */
export interface AgreementGroup extends AgreementFigures {
  readonly by: (typeof groupings)[number];
  readonly group: string;
  readonly role: SettingRole;
}

/** Figures by each grouping, roles apart. A task's settings have one cell each, so that both errors are the cell's. */
export const agreementGroups = (settings: readonly SettingScore[]): AgreementGroup[] =>
  groupings.flatMap((by) => {
    const own = by === "task" ? settings.flatMap(cellSettings) : settings;
    const nameOf = (setting: SettingScore): string => {
      return by === "task" ? setting.cells[0]!.measured.task : String(setting[by]);
    };
    return [...groupBy(own, (setting) => JSON.stringify([nameOf(setting), roleOf(setting)])).values()].map(
      (group) => ({ by, group: nameOf(group[0]!), role: roleOf(group[0]!), ...figuresOf(group) }),
    );
  });

const cellSettings = (setting: SettingScore): SettingScore[] =>
  setting.cells.map((cell) => ({
    ...setting,
    cells: [cell],
    measured: cell.measured.score,
    predicted: cell.predicted,
  }));
