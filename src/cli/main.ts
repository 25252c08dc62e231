#!/usr/bin/env node
import { allowClosedPipe } from "./exit.ts";
import { main } from "./program.ts";

allowClosedPipe();
process.exitCode = await main(process.argv.slice(2));
