import { definePlacement } from "../placement.ts";

/** Everything in the GPU's own memory. */
export const hbm = definePlacement({
  name: "hbm",
  summary: "K, V and index in HBM",
  sources: [{ title: "NVIDIA GB200 NVL72", url: "https://www.nvidia.com/en-us/data-center/gb200-nvl72/" }],
  params: {},
  place: (cost) => cost,
});
