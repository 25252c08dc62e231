import type { Command } from "@commander-js/extra-typings";
import { UsageError } from "../../core/errors.ts";
import { plugins } from "../../runs/plugins.ts";
import { planOf } from "../../runs/plan.ts";
import { makeTrial } from "../../runs/make-trial.ts";
import { readerParams } from "../../reader/params.ts";
import type { Trial } from "../../trial/trial.ts";
import { checkConfig, readConfig } from "../options/config.ts";
import type { RunConfig } from "../options/config.ts";
import { execute } from "../execute.ts";
import { append, collect, integer, withReaderOptions } from "../options/values.ts";
import { engineOf, withRunOptions } from "../options/run.ts";

const listOf = <T>(value: T | readonly T[] | undefined): readonly T[] =>
  value === undefined ? [] : Array.isArray(value) ? (value as readonly T[]) : [value as T];

const help = `
A K is 1024 tokens, or 1000 where the task's public dataset has that length: Graphwalks' 128K is 128000.
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
    .option("--trials <n>", "problems for each task and length", integer(1), 5)
    .option(
      "--budget <text>",
      "what variants are made to fit: system=gb200-nvl72,model=deepseek-v3,users=300; again for more",
      append,
    )
    .option("--config <file>", "YAML or JSON file with these options; the command line goes before it");
  withRunOptions(withReaderOptions(command))
    .addHelpText("after", help)
    .action(() => run(command));
}

async function run(command: Command): Promise<void> {
  const {
    config: file,
    json,
    dryRun,
    profile,
    plugin: loaded,
    ...values
  } = command.opts() as Readonly<Record<string, unknown>>;
  const given = Object.entries(values).filter(([name]) => command.getOptionValueSource(name) === "cli");
  const config = checkConfig("the command line", {
    ...values,
    ...(typeof file === "string" ? readConfig(file) : {}),
    ...Object.fromEntries(given),
  });
  const { out = "results/local/run", ...asked } = config;
  const { workers, threads, memoryGb } = asked;
  await execute(planOf("run", questionOf(config), trialsOf(config)), {
    ...{
      out,
      workers,
      threads,
      memoryGb,
      json: json === true,
      dryRun: dryRun === true,
      profile: profile === true,
    },
    config: loaded === undefined ? asked : { ...asked, plugins: plugins().map(({ version }) => version) },
  });
}

/** What stands above the figures: names where they fit a line or two, otherwise how many there are. */
const questionOf = ({ task, variant }: RunConfig): string => {
  const [variants, tasks] = [listOf(variant), listOf(task)];
  const on = named(tasks, "tasks");
  return variants.length > mostNamed
    ? `How do ${variants.length} variants do on ${on}?`
    : `How does ${variants.join(", ")} do on ${on}?`;
};

const mostNamed = 8;

const named = (list: readonly string[], what: string): string =>
  list.length > mostNamed ? `${list.length} ${what}` : list.join(", ");

/** Trials in the order task, length, budget, problem, variant: those that share a problem are neighbours. */
function* trialsOf(config: RunConfig): Generator<Trial> {
  const { seed = 0, trials = 1 } = config;
  const engine = engineOf(config);
  const [tasks, variants, lengths] = [listOf(config.task), listOf(config.variant), listOf(config.tokens)];
  for (const [name, list] of Object.entries({ task: tasks, variant: variants, tokens: lengths }))
    if (list.length === 0)
      throw new UsageError(`a run needs --task, --variant and --tokens; --${name} is missing`);
  const reader = Object.fromEntries(
    Object.keys(readerParams).flatMap((name) => {
      const value = config[name as keyof typeof readerParams];
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
  const budgets = config.budget === undefined ? [{}] : listOf(config.budget).map((budget) => ({ budget }));
  for (const task of tasks)
    for (const tokens of lengths)
      for (const budget of budgets)
        for (let trial = 0; trial < trials; trial++)
          for (const variant of variants)
            yield makeTrial({ task, variant, tokens, trial, seed, engine, reader, ...budget });
}
