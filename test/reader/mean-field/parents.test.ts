import { itAgrees } from "./agreement.ts";

itAgrees({ task: "graphwalks(operation=parents)", lengths: [1000, 2000, 4000], problems: 12 });
