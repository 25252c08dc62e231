#!/usr/bin/env node
import { main } from "./program.ts";

// a reader that closes the pipe early (`attnsim list | head -1`) is no failure
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

process.exitCode = await main(process.argv.slice(2));
