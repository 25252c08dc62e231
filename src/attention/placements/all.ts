export { hbm } from "./hbm.ts";
export { grace } from "./grace.ts";
export { split } from "./split.ts";
