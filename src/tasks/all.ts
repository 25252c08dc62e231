export { graphwalks } from "./graphwalks.ts";
