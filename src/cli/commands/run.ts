import { join } from "node:path";
import type { Command } from "@commander-js/extra-typings";
import { checkConfig, configuredPlan, folderNameOf, readConfig, runDefaults } from "../../runs/config.ts";
import { plugins } from "../../trial/plugins.ts";
import { execute } from "../execute.ts";
import { runFlags, withRunOptions } from "../options/run.ts";
import { append, collect, integer, withReaderOptions } from "../options/values.ts";

const help = `
1K is 1024 tokens, or 1000 if the task's public dataset has that length: Graphwalks' 128K is 128000 tokens.
A configuration file holds the same options, in camelCase:

  task: [graphwalks, mrcr(needles=8)]
  variant: [dense, dsa(k=2048)]
  tokens: [4K, 64K]
  trials: 10
  headDim: 64

Ctrl-C keeps what is finished; the same command again runs only what is missing.`;

/** `attnsim run`: every variant on every task at every length. */
export default function runCommand(command: Command): void {
  command
    .option("--task <spec>", "tasks: graphwalks, mrcr(needles=8); more with commas or again", collect)
    .option(
      "--variant <spec>",
      "attention variants: dense, dsa(k=2048)+fp8; more with commas or again",
      collect,
    )
    .option("--tokens <n>", "context lengths: 4K, 131072, 1M; more with commas or again", collect)
    .option("--trials <n>", "problems for each task and length", integer(1), runDefaults.trials)
    .option(
      "--budget <text>",
      "rack, model and users that variants must fit: system=gb200-nvl72,model=deepseek-v3,users=300; again for more",
      append,
    )
    .option("--config <file>", "YAML or JSON file with these options; the command line overrides it");
  withRunOptions(withReaderOptions(command))
    .addHelpText("after", help)
    .action(() => run(command));
}

async function run(command: Command): Promise<void> {
  const { config: file, plugin: loaded, ...options } = command.opts() as Options;
  const flags = Object.fromEntries(runFlags.map((name) => [name, options[name]]));
  const values = Object.entries(options).filter(([name]) => !(name in flags));
  const config = checkConfig("the command line", {
    ...Object.fromEntries(values),
    ...(file === undefined ? {} : readConfig(file)),
    ...Object.fromEntries(values.filter(([name]) => command.getOptionValueSource(name) === "cli")),
  });
  const { out = join("results", "local", folderNameOf(config)), ...asked } = config;
  await execute(configuredPlan(config), {
    ...flags,
    ...asked,
    out,
    config: loaded === undefined ? asked : { ...asked, plugins: plugins().map(({ version }) => version) },
  });
}

interface Options extends Partial<Record<Exclude<(typeof runFlags)[number], "reference">, true>> {
  readonly config?: string;
  readonly reference?: string;
  readonly plugin?: readonly string[];
}
