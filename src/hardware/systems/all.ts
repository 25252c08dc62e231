import { Registry } from "../../core/entry.ts";
import type { System } from "../system.ts";
import { b200 } from "./b200.ts";
import { b300 } from "./b300.ts";
import { gb200Nvl72 } from "./gb200-nvl72.ts";
import { gb300Nvl72 } from "./gb300-nvl72.ts";
import { h100 } from "./h100.ts";
import { h200 } from "./h200.ts";
import { veraRubin } from "./vera-rubin.ts";

/** Every system; a new one is a file and a line here. */
export const systems = new Registry<System>(
  "system",
  [h100, h200, b200, b300, gb200Nvl72, gb300Nvl72, veraRubin],
  ["gpus", "gpu", "collective"],
);
