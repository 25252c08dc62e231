import { itAgrees } from "./agreement.ts";

itAgrees({ task: "mrcr(needles=4)", lengths: [4096, 6144, 8192], problems: 2, prefill: true });
