import type { Command } from "@commander-js/extra-typings";
import { availableParallelism, totalmem } from "node:os";
import { median } from "../../../core/stats.ts";
import { formatNumber, formatUnit, from } from "../../../core/units.ts";
import type { System } from "../../../hardware/system.ts";
import { processorName } from "../../../engines/machine.ts";
import { loadEngines } from "../../../engines/registry.ts";
import { bench, stepsOf } from "../../../engines/bench/bench.ts";
import type { BenchRow } from "../../../engines/bench/bench.ts";
import { LimitMeter } from "../../../engines/bench/limits.ts";
import type { MachineLimits } from "../../../engines/bench/limits.ts";
import { BenchOperands, sizeOf } from "../../../engines/bench/operands.ts";
import { predicted } from "../../../engines/bench/predict.ts";
import { engineSubjects } from "../../../engines/bench/subject.ts";
import { gemm, workloads } from "../../../engines/bench/workloads.ts";
import type { KernelWorkload } from "../../../engines/bench/workloads.ts";
import { quantityFacts } from "../../print/facts.ts";
import { integer } from "../../options/values.ts";
import { startProgress } from "../../print/progress.ts";
import { formatTable } from "../../print/table.ts";

/** Seconds of one measurement. */
const seconds = 0.3;
/** How many times fewer rows a kernel is predicted from. */
const fewer = 4;
const engine = "wasm";

/** This machine as a system of one processor: what was measured, in float32, to which the engine widens everything. */
function systemFrom({ bandwidth, flops }: MachineLimits): System {
  const source = {
    title: `measured on this machine: ${processorName()}, Node ${process.versions.node}`,
    url: "",
  };
  const measured = from(source);
  const rate = measured(flops.perSecond, "FLOP/s", {
    where: flops.by,
    note: "float32, to which the engine widens every type",
  });
  return {
    name: "local",
    summary: "this machine, measured",
    sources: [source],
    gpus: measured(1, "1"),
    gpu: {
      hbm: measured(totalmem(), "B", { note: "memory of the machine" }),
      hbmBandwidth: measured(bandwidth.perSecond, "B/s", { where: bandwidth.by }),
      ...{ bf16: rate, fp8: rate, fp4: rate },
    },
    reserved: {
      share: measured(0.9, "1", { note: "as for GPUs" }),
      activations: measured(400e6, "B", { note: "program, engine and scratch" }),
      collectives: measured(0, "B", { note: "there is one processor" }),
    },
  };
}

/** This machine, measured for a second. */
export function localSystem(): System {
  const meter = new LimitMeter(availableParallelism());
  try {
    for (let round = 0; round < 2; round++) meter.measure(seconds / 2);
    return systemFrom(meter.found);
  } finally {
    meter.close();
  }
}

/** Kernels that attention is made of, whose work is bytes, multiplications and exponentials. */
const kernels = (shrink: number): KernelWorkload[] =>
  workloads(shrink).filter(({ kind }) => ["decode", "prefill", "gather", "block-mean"].includes(kind));

export default function hardwareLocalCommand(command: Command): void {
  command
    .option("--threads <n>", "threads of the engine", integer(1), availableParallelism())
    .option("--repeats <n>", "rounds over all kernels", integer(1), 3)
    .option(
      "--shrink <n>",
      "power of two by which all row counts are divided, for a quick look",
      integer(1),
      1,
    )
    .option("--json", "print JSON")
    .action(async ({ threads, repeats, shrink, json }) => {
      const [small, large] = [kernels(fewer * shrink), kernels(shrink)];
      const { limits, rows } = await measure([...small, ...large], threads, repeats);
      // whatever else the machine does makes a round slower, never faster
      const timeOf = (row: BenchRow): number => row.msLow! / 1000;
      const rowOf = (name: string): BenchRow => rows.find(({ workload }) => workload === name)!;
      const system = systemFrom(limits);
      const predictions = large.map((workload, i) => {
        const row = rowOf(workload.name);
        const before = small[i]!;
        const timed = { workload: before, seconds: timeOf(rowOf(before.name)) };
        const expected = predicted(timed, workload, limits.bandwidth.perSecond);
        return {
          kernel: workload.name,
          measuredSeconds: timeOf(row),
          slowestSeconds: row.msHigh! / 1000,
          predictedSeconds: expected,
          error: expected / timeOf(row) - 1,
        };
      });
      const medianAbsError = median(predictions.map(({ error }) => Math.abs(error)));
      if (json) {
        console.log(JSON.stringify({ system, predictions, medianAbsError }, null, 2));
        return;
      }
      const facts = quantityFacts(system);
      const ms = (time: number): string => formatNumber(1000 * time);
      const table = formatTable(
        ["kernel", "fastest round, ms", "slowest", "predicted, ms", "error"],
        predictions.map((each) => [
          each.kernel,
          ms(each.measuredSeconds),
          ms(each.slowestSeconds),
          ms(each.predictedSeconds),
          `${(100 * each.error).toFixed(0)}%`,
        ]),
      );
      console.log(
        [
          formatTable(facts.titles, facts.rows),
          "",
          table,
          "",
          `median absolute error ${(100 * medianAbsError).toFixed(0)}%`,
          `predicted: bytes at ${formatUnit(limits.bandwidth.perSecond, "B/s")}, and per operation what else the same kernel took over ${fewer} times fewer rows`,
          "a gather reads the same rows again and again, which a cache holds: its bytes take less than memory does",
        ].join("\n"),
      );
    });
}

/** Times of the kernels on the engine, one after another, round after round. */
async function measure(
  chosen: readonly KernelWorkload[],
  threads: number,
  rounds: number,
): Promise<{ limits: MachineLimits; rows: readonly BenchRow[] }> {
  const { engines, memory } = await loadEngines([engine], { threads });
  try {
    const subjects = engineSubjects(engines, new BenchOperands(memory, sizeOf([gemm, ...chosen])));
    const plan = { workloads: chosen, subjects, threads, rounds, seconds };
    const progress = startProgress(stepsOf(plan), stepsOf(plan), "measurements");
    try {
      const { limits, rows, failures } = await bench({ ...plan, onStep: () => progress.advance(1) });
      if (failures.length > 0) throw new Error(failures.join("\n       "));
      return { limits, rows };
    } finally {
      progress.stop();
    }
  } finally {
    memory.close();
  }
}
