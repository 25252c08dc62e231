import type { Define } from "./all.ts";
import { define as decode } from "./hardware/decode.ts";
import { define as prefill } from "./hardware/prefill.ts";
import { define as fit } from "./hardware/fit.ts";
import { define as local } from "./hardware/local.ts";
import { define as memory } from "./hardware/memory.ts";
import { define as pareto } from "./hardware/pareto.ts";
import { define as serve } from "./hardware/serve.ts";
import { define as show } from "./hardware/show.ts";
import { define as validate } from "./hardware/validate.ts";

/** Each question about hardware: one file, one line. */
const questions: readonly { readonly name: string; readonly summary: string; readonly define: Define }[] = [
  { name: "memory", summary: "bytes kept per user, and users who fit a GPU and a rack", define: memory },
  { name: "prefill", summary: "time until a prompt is computed, and where it goes", define: prefill },
  { name: "decode", summary: "time of a decode step, and where it goes", define: decode },
  { name: "serve", summary: "time to tokens, tokens a second and prices of serving requests", define: serve },
  { name: "pareto", summary: "the plans that no other beats in a user's speed and a GPU's", define: pareto },
  {
    name: "local",
    summary: "this machine measured, and its kernels predicted against measured",
    define: local,
  },
  { name: "show", summary: "every number of a system or model, with its source", define: show },
  { name: "validate", summary: "how far predicted times are from measured kernels", define: validate },
  { name: "fit", summary: "fit the constants of kernels to measured ones", define: fit },
];

/** `attnsim hardware`: what a rack holds, how long a step takes, and the numbers both rest on. */
export const define: Define = (command) => {
  for (const { name, summary, define } of questions) define(command.command(name).description(summary));
};
