import { Registry } from "../../core/entry.ts";
import type { Model } from "../model.ts";
import { deepseekV32 } from "./deepseek-v3.2.ts";
import { deepseekV3 } from "./deepseek-v3.ts";
import { llama31Of405b } from "./llama-3.1-405b.ts";

/** Every model; a new one is a file and a line here. */
export const models = new Registry<Model>(
  "model",
  [llama31Of405b, deepseekV3, deepseekV32],
  ["hidden", "attention", "feedForward"],
);
