import { distinct } from "../../core/group.ts";
import { formatSeconds } from "../../core/units.ts";
import { logDomain, logTicks } from "../../figures/axes.ts";
import { panelFigure } from "../../figures/style.ts";
import type { System } from "../../hardware/system.ts";
import type { PassOperator } from "./operators.ts";

/** A step on a system, operator by operator. */
export interface SystemStep {
  readonly system: System;
  readonly operators: readonly PassOperator[];
}

/** Operators by name, the longest first, of all systems. */
const namesOf = (steps: readonly SystemStep[]): string[] =>
  distinct(steps.flatMap(({ operators }) => operators.map(({ name }) => name)));

/** Colours of operators by their order, so that neighbours in a bar differ: Okabe and Ito's, and tints of them. */
const colours = [
  "#0072B2",
  "#E69F00",
  "#009E73",
  "#CC79A7",
  "#56B4E9",
  "#D55E00",
  "#8c6bb1",
  "#7f7f7f",
  "#bcbd22",
  "#66c2a5",
  "#c49a6c",
  "#1b4965",
];

const coloursOf = (names: readonly string[]): object => ({
  domain: names,
  range: names.map((_, i) => colours[i % colours.length]),
});

/** Words for the time of kernels that a bar leaves out, since they run beside others; empty if there is none. */
function hiddenIn({ system, operators }: SystemStep): string {
  const hidden = operators.filter(({ hiddenSeconds }) => hiddenSeconds > 0);
  const seconds = hidden.reduce((sum, { hiddenSeconds }) => sum + hiddenSeconds, 0);
  if (hidden.length === 0) return "";
  return `; ${system.name}: without ${formatSeconds(seconds)} of ${hidden.map(({ name }) => name).join(", ")} beside other kernels`;
}

/** Time of a step by operator: a bar a system. */
export function stepFigure(steps: readonly SystemStep[]): object {
  const names = namesOf(steps);
  const points = steps.flatMap(({ system, operators }) =>
    operators.map(({ name, seconds, hiddenSeconds }) => ({
      panel: "",
      system: system.name,
      operator: name,
      order: names.indexOf(name),
      ms: 1000 * (seconds - hiddenSeconds),
    })),
  );
  return panelFigure({
    title: "Time of a step by operator",
    subtitle: `on one GPU; a bar is as long as the step${steps.map(hiddenIn).join("")}`,
    points,
    height: 44 * steps.length,
    width: 520,
    layer: [
      {
        mark: { type: "bar", stroke: "#ffffff", strokeWidth: 1 },
        encoding: {
          y: { field: "system", type: "nominal", title: null, sort: steps.map(({ system }) => system.name) },
          x: { field: "ms", type: "quantitative", title: "time, ms", stack: "zero" },
          color: {
            field: "operator",
            type: "nominal",
            title: null,
            scale: coloursOf(names),
            legend: { symbolOpacity: 1 },
          },
          order: { field: "order", type: "quantitative" },
        },
      },
    ],
  });
}

/** Precisions that a GPU multiplies in, the slowest first. */
const precisions = ["bf16", "fp8", "fp4"] as const;

/**
 * Roofline of each system (Williams, Waterman, Patterson 2009): operations a second over operations a byte of HBM. Roofs
 * are the peak rates of the GPU, marks are operators at their modelled times, their areas the times.
 */
export function rooflineFigure(steps: readonly SystemStep[]): object {
  const names = namesOf(steps);
  const marks = steps.flatMap(({ system, operators }) =>
    operators
      .filter(({ flops, bytes }) => flops > 0 && bytes > 0)
      .map(({ name, flops, bytes, seconds }) => ({
        panel: system.name,
        operator: name,
        intensity: flops / bytes,
        rate: flops / seconds / 1e12,
        ms: 1000 * seconds,
      })),
  );
  const marked = names.filter((name) => marks.some(({ operator }) => operator === name));
  const x = logDomain([...marks.map(({ intensity }) => intensity), 1, 1000], 1.5);
  const roofs = steps.flatMap(({ system: { name: panel, gpu } }) =>
    precisions.flatMap((precision) => {
      const peak = gpu[precision]?.value;
      if (peak === undefined) return [];
      const ridge = peak / gpu.hbmBandwidth.value;
      return [x[0], Math.min(ridge, x[1]), x[1]].map((at) => ({
        panel,
        precision,
        intensity: at,
        roof: Math.min(peak, at * gpu.hbmBandwidth.value) / 1e12,
      }));
    }),
  );
  const y = logDomain([...marks.map(({ rate }) => rate), ...roofs.map(({ roof }) => roof)], 1.5);
  const axis = (domain: readonly [number, number]): object => ({
    type: "quantitative",
    scale: { type: "log", nice: false, domain },
    axis: { values: logTicks(domain), format: "~g" },
  });
  const place = { field: "intensity", title: "operations per byte of HBM", ...axis(x) };
  return panelFigure({
    title: "Operators on the roofline",
    subtitle:
      "lines: peak rates of a GPU in bf16, fp8 and fp4; marks: operators of the step, their areas the times",
    points: [...roofs, ...marks],
    layer: [
      {
        transform: [{ filter: "isValid(datum.roof)" }],
        mark: { type: "line", color: "#999999", strokeWidth: 1.5 },
        encoding: {
          x: place,
          y: { field: "roof", title: "TFLOP/s", ...axis(y) },
          detail: { field: "precision" },
        },
      },
      {
        transform: [{ filter: "isValid(datum.rate)" }],
        mark: { type: "point", filled: true, opacity: 0.85 },
        encoding: {
          x: place,
          y: { field: "rate", title: "TFLOP/s", ...axis(y) },
          size: { field: "ms", type: "quantitative", scale: { range: [30, 700] }, legend: null },
          color: {
            field: "operator",
            type: "nominal",
            title: null,
            scale: coloursOf(names),
            legend: { symbolOpacity: 1, values: marked },
          },
        },
      },
    ],
  });
}
