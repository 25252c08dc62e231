import { itAgrees } from "./agreement.ts";

itAgrees({ task: "graphwalks(depth=2)", lengths: [1000, 2000, 4000], problems: 4 });
