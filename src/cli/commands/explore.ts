import type { Command } from "@commander-js/extra-typings";
import { buildPage, servePage } from "../explore/page.ts";
import { port } from "../options/values.ts";
import { print } from "../print/print.ts";

const notes = `
The page runs the library in the browser: the mean field, the model of hardware, and small runs in full numerics. It
needs no network. It is served on this machine alone, until Ctrl-C.

  attnsim explore
  attnsim explore --build public   # the page as files, for any web server, or to open from disk`;

/** `attnsim explore`: the explorer, a page in the browser. */
export default function exploreCommand(command: Command): void {
  command
    .option("--port <n>", "port on this machine (default: a free one)", port)
    .option("--build <folder>", "write the page's files and stop")
    .addHelpText("after", notes)
    .action(async ({ port: wanted = 0, build }) => {
      if (build !== undefined) print(await buildPage(build));
      else print(`the explorer is at ${await servePage(wanted)} (Ctrl-C stops)`);
    });
}
