// Every task, a line each. A new one is a file like nolima.ts, with a line here.
export { graphwalks } from "./graphwalks/graphwalks.ts";
export { kHop } from "./k-hop.ts";
export { mqar } from "./mqar.ts";
export { mrcr } from "./mrcr/mrcr.ts";
export { nolima } from "./nolima.ts";
export { prefill } from "./prefill.ts";
export { ruler } from "./ruler/ruler.ts";
