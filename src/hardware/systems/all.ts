import { Registry } from "../../core/entry.ts";
import type { System } from "../system.ts";
import { gb200Nvl72 } from "./gb200-nvl72.ts";
import { gb300Nvl72 } from "./gb300-nvl72.ts";

/** Every system; a new one is a file and a line here. */
export const systems = new Registry<System>("system", [gb200Nvl72, gb300Nvl72], ["gpus", "gpu", "host"]);
