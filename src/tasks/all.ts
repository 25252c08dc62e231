export { graphwalks } from "./graphwalks.ts";
export { mrcr } from "./mrcr.ts";
export { prefill } from "./prefill.ts";
export { ruler } from "./ruler.ts";
