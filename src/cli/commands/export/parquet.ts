import type { Command } from "@commander-js/extra-typings";
import { writeParquet } from "../../../runs/parquet.ts";
import { print } from "../../print/print.ts";

/** `attnsim export parquet`: the CSV files of folders of results as Parquet. */
export default function exportParquetCommand(command: Command): void {
  command.argument("<folder...>", "folders of results, which have a datapackage.json").action((folders) => {
    for (const path of folders.flatMap(writeParquet)) print(path);
  });
}
