import type { Command, OptionValues } from "@commander-js/extra-typings";
import { frameworks, usualArchitecture, usualFramework } from "../../hardware/constants/set.ts";
import type { Framework } from "../../hardware/constants/set.ts";
import { architectures } from "../../hardware/system.ts";
import type { Architecture } from "../../hardware/system.ts";
import { oneOf } from "./values.ts";
import type { Fields } from "./values.ts";

/** Values of the options that choose measured kernels. */
interface MeasuredOptions {
  readonly kernels?: string | undefined;
  readonly framework: Framework;
  readonly architecture: Architecture;
}

/** Adds the options that choose measured kernels. */
export function measuredOptions<A extends unknown[], O extends OptionValues>(
  command: Command<A, O>,
): Command<A, O & Fields<MeasuredOptions>> {
  command
    .option(
      "--kernels <folder>",
      "folder of measured kernels (default: the package's own of --framework and --architecture)",
    )
    .option(
      "--framework <name>",
      `serving engine: ${frameworks.join(", ")}`,
      oneOf("framework", frameworks),
      usualFramework,
    )
    .option(
      "--architecture <name>",
      `GPUs of the package's own rows: ${architectures.join(", ")}`,
      oneOf("architecture", architectures),
      usualArchitecture,
    );
  return command as unknown as Command<A, O & Fields<MeasuredOptions>>;
}
