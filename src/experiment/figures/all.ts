export { accuracy } from "./accuracy.ts";
export { goldMass } from "./gold-mass.ts";
export { recall } from "./recall.ts";
export { bytesRead } from "./bytes-read.ts";
export { accuracyBytes } from "./accuracy-bytes.ts";
export { ranking } from "./ranking.ts";
export { budget } from "./budget.ts";
export { reads } from "./reads.ts";
