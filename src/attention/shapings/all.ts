export { none } from "./none.ts";
export { ssmax } from "./ssmax.ts";
export { logN } from "./log-n.ts";
export { yarn } from "./yarn.ts";
export { sink } from "./sink.ts";
export { entmax } from "./entmax.ts";
export { adaptive } from "./adaptive.ts";
export { differential } from "./differential.ts";
