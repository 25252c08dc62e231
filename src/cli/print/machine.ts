import { formatNumber, formatUnit } from "../../core/units.ts";
import { fewer } from "../../studies/this-machine/kernels.ts";
import type { MachineReport } from "../../studies/this-machine/kernels.ts";
import { quantityFacts } from "./facts.ts";
import { formatTable } from "./table.ts";

/** This machine's quantities, and a table of its kernels. */
export function formatMachine({ system, predictions, medianAbsError }: MachineReport): string {
  const facts = quantityFacts(system);
  const ms = (seconds: number): string => formatNumber(1000 * seconds);
  return [
    formatTable(facts.titles, facts.rows),
    "",
    formatTable(
      ["kernel", "fastest round, ms", "slowest", "predicted, ms", "error"],
      predictions.map((each) => [
        each.kernel,
        ms(each.measuredSeconds),
        ms(each.slowestSeconds),
        ms(each.predictedSeconds),
        `${(100 * each.error).toFixed(0)}%`,
      ]),
    ),
    "",
    `median absolute error ${(100 * medianAbsError).toFixed(0)}%`,
    `predicted times: bytes at ${formatUnit(system.gpu.hbmBandwidth.value, "B/s")}, plus the time per operation that is left when the same kernel reads ${fewer} times fewer rows`,
    "a gather reads the same rows again and again from a cache, so its bytes take less time than memory does",
  ].join("\n");
}
