import type { CommandUnknownOpts } from "@commander-js/extra-typings";

/** Says in a command's help which options are required, and writes lists of defaults as they are typed. */
export function withPlainHelp(command: CommandUnknownOpts): void {
  for (const option of command.options) {
    if (option.mandatory) option.description += " (required)";
    const { defaultValue, defaultValueDescription } = option as {
      defaultValue?: unknown;
      defaultValueDescription?: string;
    };
    if (Array.isArray(defaultValue) && defaultValueDescription === undefined)
      option.defaultValueDescription = defaultValue.length === 0 ? "none" : defaultValue.join(", ");
  }
}

/** Examples of command lines, as a part of a command's help. */
export const formatExamples = (examples: readonly string[]): string =>
  `\nExamples:\n${examples.map((line) => `  $ attnsim ${line}`).join("\n")}`;
