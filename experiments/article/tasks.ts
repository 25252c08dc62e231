/** Tasks of the chapters, and the problems behind each score: one number, so that chapters share their scores. */
export const search = "graphwalks(operation=bfs)";
export const parents = "graphwalks(operation=parents)";
export const requests = "mrcr(needles=8)";
export const problems = 40;
