import { real } from "../../core/params.ts";
import { definePlacement } from "../placement.ts";

/** A share of K and V in HBM and the rest in Grace LPDDR; a step reads from both in proportion. */
export const split = definePlacement({
  name: "split",
  summary: "a share of K and V in HBM, the rest in Grace LPDDR, read in proportion",
  sources: [{ title: "NVIDIA GB200 NVL72", url: "https://www.nvidia.com/en-us/data-center/gb200-nvl72/" }],
  params: {
    hot: real("share of K and V in HBM", { default: 0.5, min: 0, max: 1, sweep: [0, 0.25, 0.5, 0.75, 1] }),
  },
  place: (cost, { hot }) => ({
    ...cost,
    farKeptBytes: (1 - hot) * cost.keptBytes,
    farReadBytes: (1 - hot) * cost.kvReadBytes,
  }),
});
