export { dense } from "./dense.ts";
export { oracle } from "./oracle.ts";
