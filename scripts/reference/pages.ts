import { joined, table } from "../documents/markdown.ts";
import { columnsPage } from "./columns.ts";
import { commandsPage } from "./commands.ts";
import { kernelsPage } from "./kernels.ts";
import { modelsPage, systemsPage } from "./machines.ts";
import { readerPage } from "./reader.ts";
import { modifiersPage } from "./shapings-and-placements.ts";
import { tasksPage } from "./tasks.ts";
import { variantsPage } from "./variants.ts";

interface Page {
  readonly file: string;
  readonly about: string;
  readonly make: () => string | Promise<string>;
}

const pages: readonly Page[] = [
  { file: "variants.md", about: "attention variants, by family", make: variantsPage },
  {
    file: "shapings-and-placements.md",
    about: "logit shapings and placements of K and V",
    make: modifiersPage,
  },
  { file: "tasks.md", about: "tasks and their parameters", make: tasksPage },
  { file: "reader.md", about: "parameters of the constructed reader", make: readerPage },
  { file: "systems.md", about: "racks and GPUs, with the source of each number", make: systemsPage },
  { file: "models.md", about: "models, with the source of each number", make: modelsPage },
  { file: "kernels.md", about: "constants of the times of GPU kernels", make: kernelsPage },
  { file: "columns.md", about: "columns of a results CSV", make: columnsPage },
  { file: "commands.md", about: "commands and their options", make: commandsPage },
];

/** Every page of docs/reference by its file name, made from the entries. */
export async function referencePages(): Promise<Readonly<Record<string, string>>> {
  const made = await Promise.all(pages.map(async ({ file, make }) => [file, `${await make()}\n`] as const));
  return { "README.md": index(), ...Object.fromEntries(made) };
}

const index = (): string =>
  `${joined([
    "# Reference",
    "`npm run docs` makes these pages from the entries; a test fails when they are stale. The command line prints the same: `attnsim list`, `attnsim describe NAME`, `attnsim COMMAND --help`.",
    table({
      titles: ["page", "content"],
      rows: pages.map(({ file, about }) => [`[${file}](${file})`, about]),
    }),
  ])}\n`;
