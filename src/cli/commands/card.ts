import type { Command } from "@commander-js/extra-typings";
import { writeAtomic } from "../../files/files.ts";
import { cardsOf } from "../../studies/card/run.ts";
import { cardOptions, readCards } from "../options/card.ts";
import { oneOf } from "../options/values.ts";
import { cardSheet } from "../print/card/sheet.ts";
import { formatSheet, sheetFormats } from "../print/sheet.ts";
import { watch } from "../print/watch.ts";
import { print, printError } from "../print/print.ts";

const notes = `
A model is a name of the catalog, a config.json of Hugging Face, or a file of your own. Several stand side by side.

  attnsim card config.json --format md --out card.md
  attnsim card gpt-oss-120b qwen3.5-397b --context 128K`;

/** `attnsim card`: a model's attention: what it keeps, finds and costs. */
export default function cardCommand(command: Command): void {
  const formats = [...sheetFormats, "json"] as const;
  cardOptions(command.argument("<model...>", "names of models, or files: config.json, my-model.yaml"))
    .option("--format <form>", `form of the card: ${formats.join(", ")}`, oneOf("format", formats), "text")
    .option("--json", "print JSON, as --format json")
    .option("--out <file>", "write the card to a file")
    .addHelpText("after", notes)
    .action(async (models, { format, json, out, ...options }) => {
      const question = readCards(models, options);
      const cards = await cardsOf(question, watch);
      const text =
        json || format === "json"
          ? JSON.stringify(cards, null, 2)
          : formatSheet(cardSheet(cards, question), format);
      if (out === undefined) print(text);
      else {
        writeAtomic(out, `${text}\n`);
        printError(out);
      }
    });
}
