import { citation, costFacts, paramFacts, quantityFacts } from "../src/cli/entry-facts.ts";
import type { Facts } from "../src/cli/entry-facts.ts";
import { commands } from "../src/cli/commands.ts";
import { program } from "../src/cli/program.ts";
import type { AnyVariant, Family } from "../src/attention/variant.ts";
import { catalog } from "../src/catalog.ts";
import { prefillCost } from "../src/attention/prefill-cost.ts";
import { kvDtypeBytes } from "../src/core/dtype.ts";
import type { Entry } from "../src/core/entry.ts";
import type { Kernel } from "../src/hardware/constants/constants.ts";
import { fitted } from "../src/hardware/constants/fitted.ts";
import { kernels } from "../src/hardware/kernels/kernels.ts";
import { listEngines } from "../src/engines/registry.ts";
import { resolveParams } from "../src/core/params.ts";
import { formatNumber, formatSeconds } from "../src/core/units.ts";
import { readerParams } from "../src/reader/params.ts";
import { columns } from "../src/trial/columns.ts";

/** The shape at which the reference gives each variant's cost: a Llama-like layer at 128K tokens in bf16. */
const shape = { tokens: 131072, queryHeads: 32, kvHeads: 8, headDim: 128, bytesPerElement: 2 };

const families: Readonly<Record<Family, string>> = {
  dense: "Every query reads every key.",
  static: "Which keys are read depends on their place alone.",
  dynamic: "Each query chooses the keys that it reads; all are kept.",
  eviction: "What is kept is chosen once, after the prompt; the rest is gone for good.",
  hierarchical: "Summaries stand for stretches of the context, and queries descend into them.",
  memory: "A part of the context lies elsewhere, or in another form.",
  recurrent: "The context is a state of fixed size.",
  hybrid:
    "Layer plans: layers of several variants, interleaved. What a step costs is the mean of the layers.",
};

/** docs/reference.md: every entry, parameter, column and command, from the entries themselves. */
export async function reference(): Promise<string> {
  const sections = [
    "# Reference",
    "Made from the entries by `npm run docs`; a test fails when it is stale. The same is on the command line: `attnsim list`, `attnsim describe NAME`, `attnsim COMMAND --help`.",
    contents,
    "## Attention variants",
    `A spec is written \`name(param=value,...)+modifier+...\`: \`dsa(k=1024)+fp8+ssmax\`. Modifiers are a type that K and V are rounded to (${code(Object.keys(kvDtypeBytes))}), a logit shaping and a placement of K and V (below); each may have parameters. A layer plan is written \`layers(6*(3*sink-window|dense)|dsa)+fp8\`. Costs are those of one layer and one sequence at 131,072 tokens, 32 query heads and 8 kv heads of 128 in bf16, at the defaults.`,
    ...Object.entries(families).flatMap(([family, about]) => familySection(family as Family, about)),
    "## Logit shapings",
    "How logits become weights; for any variant that has a softmax.",
    ...[...catalog.shapings].flatMap((shaping) => [
      ...heading(shaping),
      ["```text", shaping.formula, "```"].join("\n"),
      table(paramFacts(shaping.params)),
      sources(shaping),
    ]),
    "## Placements",
    "Where K and V lie; results stay the same, costs do not.",
    ...[...catalog.placements].flatMap((placement) => [
      ...heading(placement),
      table(paramFacts(placement.params)),
      sources(placement),
    ]),
    "## Tasks",
    "Lengths are those of the public dataset; any other can be asked for.",
    ...[...catalog.tasks].flatMap((task) => [
      ...heading(task),
      `Lengths: ${task.lengths.join(", ")} tokens.`,
      table(paramFacts(task.params)),
      sources(task),
    ]),
    "## The reader",
    "The constructed reader that every variant serves. Its parameters can be set for a run, each by its own option.",
    table(paramFacts(readerParams)),
    "## Systems",
    ...[...catalog.systems].flatMap((system) => [
      ...heading(system),
      table(quantityFacts(system)),
      sources(system),
    ]),
    "## Models",
    ...[...catalog.models].flatMap((model) => [
      ...heading(model),
      table(quantityFacts(model)),
      sources(model),
    ]),
    "## Kernels of the hardware model",
    "Constants of the operators' times: fitted to measured kernels by `npm run fit`, a set for each system and case (a precision, or what else tells kernels apart), never for a row; all of them are in `src/hardware/operators/fitted.ts`. The profile `ideal` takes the ideal ones.",
    ...kernels.flatMap((kernel) => [`### Kernel: ${kernel.name}`, table(kernelFacts(kernel))]),
    "## Engines",
    "What computes; the results are those of the engine that a row names. `attnsim engines` says which are usable on a machine.",
    table({
      titles: ["engine", "summary"],
      rows: (await listEngines()).map(({ name, summary }) => [name, summary]),
    }),
    "## Columns of a results CSV",
    table({
      titles: ["column", "type", "unit", "meaning"],
      rows: columns.map(({ name, type, unit = "", doc }) => [`\`${name}\``, type, unit, doc]),
    }),
    "## Commands",
    ...(await commandSections()),
  ];
  return `${sections.filter((section) => section !== "").join("\n\n")}\n`;
}

const contents = [
  "Attention variants",
  "Logit shapings",
  "Placements",
  "Tasks",
  "The reader",
  "Systems",
  "Models",
  "Kernels of the hardware model",
  "Engines",
  "Columns of a results CSV",
  "Commands",
]
  .map((title) => `- [${title}](#${title.toLowerCase().replaceAll(" ", "-")})`)
  .join("\n");

/** The constants of a kernel: what each is, and between what its fitted values lie. */
function kernelFacts({ name, constants }: Kernel): Facts {
  const sets = Object.values(fitted).flatMap((system) => Object.values(system[name] ?? {}));
  return {
    titles: ["constant", "unit", "ideal", `fitted, ${sets.length} sets`, "meaning"],
    rows: Object.entries(constants).map(([key, { unit, ideal, doc }]) => {
      const values = sets.flatMap((set) => set[key] ?? []);
      const shown = (value: number): string =>
        unit === "s" ? formatSeconds(value) : Number.isFinite(value) ? formatNumber(value) : "infinite";
      const range = [Math.min(...values), Math.max(...values)].map(shown).join(" to ");
      return [key, unit, shown(ideal), values.length === 0 ? "" : range, doc];
    }),
  };
}

const code = (words: readonly string[]): string => words.map((word) => `\`${word}\``).join(", ");

const heading = ({ name, summary }: Entry): string[] => [`### ${name}`, `${sentence(summary)}.`];

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const escaped = (cell: string): string => cell.replaceAll("|", "\\|");

/** A Markdown table; nothing where there are no rows. */
function table({ titles, rows }: Facts): string {
  if (rows.length === 0) return "";
  const line = (cells: readonly string[]): string => `| ${cells.map(escaped).join(" | ")} |`;
  return [line(titles), line(titles.map(() => "---")), ...rows.map(line)].join("\n");
}

const sources = ({ sources: cited }: Entry): string =>
  ["Sources:", ...cited.map((source) => `- ${citation(source)}`)].join("\n");

function familySection(family: Family, about: string): string[] {
  const members = [...catalog.variants].filter((variant) => variant.family === family);
  return members.length === 0 ? [] : [`### Family: ${family}`, about, ...members.flatMap(variantSection)];
}

const prefills: Readonly<Record<AnyVariant["prefill"], string>> = {
  dense: "The context's own queries see every key; only the questions asked of it go through this variant.",
  same: "The context's own queries go through this variant too.",
  only: "A pattern of prefill: the context's own queries alone go through it, and decoding is dense.",
};

function variantSection(variant: AnyVariant): string[] {
  const { name, summary, formula, params, prefill, budgetParam } = variant;
  const values = resolveParams(name, params);
  return [
    `#### ${name}`,
    `${sentence(summary)}.`,
    ["```text", formula, "```"].join("\n"),
    prefills[prefill],
    budgetParam === undefined ? "" : `A budget decides \`${budgetParam}\`.`,
    table(paramFacts(params)),
    table(costFacts(variant.cost(shape, values), prefillCost(variant, shape, values))),
    sources(variant),
  ];
}

/** The help of every command that users see. */
async function commandSections(): Promise<string[]> {
  const shown = commands.filter(({ hidden = false }) => !hidden);
  const root = await program(shown.map(({ name }) => name));
  return root.commands
    .filter((command) => shown.some(({ name }) => name === command.name()))
    .flatMap((command) => [command, ...command.commands.filter((inner) => inner.name() !== "help")])
    .flatMap((command) => {
      let help = "";
      command.configureOutput({ writeOut: (text) => (help += text), getOutHelpWidth: () => 100 });
      command.outputHelp();
      return [`### attnsim ${pathOf(command)}`, ["```text", help.trim(), "```"].join("\n")];
    });
}

const pathOf = (command: { name(): string; readonly parent: { name(): string } | null }): string =>
  command.parent === null || command.parent.name() === "attnsim"
    ? command.name()
    : `${command.parent.name()} ${command.name()}`;
