export { attendBlock } from "./attend-block";
export { attendOne } from "./attend-one";
export { blockMean, pageMinMax } from "./blocks";
export { fillNormal } from "./normal";
export { roundBf16, roundFp8, roundNvfp4 } from "./rounding";
export { blendRows } from "./rows";
export { scoresBlock, scoresListed, scoresOne, scoresRelu } from "./scores";
export { exp, scaleChunk, softmaxChunk } from "./softmax";
export { topK } from "./top-k";
