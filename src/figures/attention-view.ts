import { binsOf } from "../trial/view/bins.ts";
import { reasonText, shareText } from "../trial/view/sentence.ts";
import type { QueryView, TrialView } from "../trial/view/view.ts";
import { panelFigure } from "./style.ts";

/** Sizes: of the picture, a row and a line of text in pixels; of a name and a line of a reason in characters. */
const size = { width: 720, row: 40, line: 11, name: 38, reason: 58 } as const;

/** Bins of the positions: one for about two pixels. */
const bins = 360;

/** A weight as an intensity: four decades below 1 can be seen. */
const intensity = (weight: number): number =>
  Math.max(0, Math.min(1, 1 + Math.log10(Math.max(1e-9, Math.abs(weight))) / 4));

const cut = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most - 1)}…`;

/** Name of a query's row: its number, its step and what it asks for. */
const rowName = ({ step, name }: QueryView, i: number): string =>
  cut(`${i + 1}. step ${step + 1}: ${name}`, size.name);

/** Lines of a sentence, none longer than `most` characters where words allow. */
function lines(text: string, most: number): string[] {
  const out: string[] = [];
  for (const word of text.split(" ")) {
    const last = out.at(-1);
    if (last !== undefined && last.length + word.length < most) out[out.length - 1] = `${last} ${word}`;
    else out.push(word);
  }
  return out;
}

/** Queries down, positions across: what each query read, its weights, gold positions, and the reason beside it. */
export function attentionFigure(view: TrialView): object {
  const { row, queries, texts, looked } = view;
  const names = queries.map(rowName);
  const points = queries.flatMap((query, i) => [
    ...binsOf(query, texts.length, bins).flatMap((bin) =>
      bin.read === 0 && intensity(bin.weight) === 0
        ? []
        : [{ panel: "", kind: "bin", name: names[i]!, ...bin, intensity: intensity(bin.weight) }],
    ),
    ...query.gold.map(({ position, heads }) => ({
      panel: "",
      kind: "gold",
      name: names[i]!,
      from: position,
      status: statusOf(heads.map(({ read }) => read)),
    })),
    {
      panel: "",
      kind: "reason",
      name: names[i]!,
      from: texts.length,
      text: lines(reasonText(query.reason), size.reason).slice(0, 3),
    },
    { panel: "", kind: "end", name: names[i]!, from: query.position },
  ]);
  const x = {
    field: "from",
    type: "quantitative",
    title: "position in the prompt, tokens",
    scale: { domain: [0, texts.length], nice: false },
    axis: { format: ",d", grid: false, tickCount: 8 },
  } as const;
  const y = {
    field: "name",
    type: "nominal",
    sort: names,
    title: null,
    scale: { paddingInner: 0.45, paddingOuter: 0.4 },
    axis: { labelLimit: 280, ticks: false },
  } as const;
  const only = (kind: string): object => ({ filter: `datum.kind === "${kind}"` });
  return panelFigure({
    title: `What ${row.variant} reads: ${row.task}, ${texts.length.toLocaleString("en")} tokens, trial ${row.trial ?? 0}`,
    subtitle: [
      row.score === null ? "" : `score ${shareText(row.score)}`,
      row.recall === null ? "" : `recall ${shareText(row.recall)}`,
      row.goldMass === null ? "" : `gold mass ${shareText(row.goldMass)}`,
      `${queries.length} of ${looked} queries`,
      "grey: read; blue: weight, by decades; marks: gold positions",
    ]
      .filter((text) => text !== "")
      .join("; "),
    points,
    width: size.width,
    height: { step: size.row },
    beside: 320,
    layer: [
      {
        transform: [only("bin"), { filter: "datum.read > 0" }],
        mark: { type: "rect", color: "#bdbdbd" },
        encoding: {
          x,
          x2: { field: "to" },
          y,
          opacity: {
            field: "read",
            type: "quantitative",
            scale: { domain: [0, 1], range: [0.12, 0.9] },
            legend: null,
          },
        },
      },
      {
        transform: [only("bin"), { filter: "datum.intensity > 0" }],
        mark: { type: "rect", color: "#0b4a8f" },
        encoding: {
          x,
          x2: { field: "to" },
          y,
          fillOpacity: {
            field: "intensity",
            type: "quantitative",
            scale: { domain: [0, 1], range: [0, 1] },
            legend: null,
          },
        },
      },
      {
        transform: [only("end")],
        mark: { type: "tick", color: "#000000", thickness: 1 },
        encoding: { x, y },
      },
      {
        transform: [only("gold")],
        mark: {
          type: "point",
          size: 46,
          yOffset: -17,
          filled: true,
          opacity: 1,
          stroke: "#ffffff",
          strokeWidth: 0.5,
        },
        encoding: {
          x,
          y,
          color: {
            field: "status",
            type: "nominal",
            title: "gold position",
            scale: { domain: [...statuses], range: ["#009E73", "#E69F00", "#D55E00"] },
            legend: { orient: "bottom", direction: "horizontal" },
          },
          shape: {
            field: "status",
            type: "nominal",
            title: "gold position",
            scale: { domain: [...statuses], range: ["triangle-down", "diamond", "cross"] },
          },
        },
      },
      ...[1, 2, 3].map((count) => ({
        transform: [only("reason"), { filter: `length(datum.text) === ${count}` }],
        mark: {
          type: "text",
          align: "left",
          baseline: "middle",
          dx: 8,
          dy: (-(count - 1) * size.line) / 2,
          fontSize: 9.5,
          lineHeight: size.line,
          color: "#333333",
        },
        encoding: { x, y, text: { field: "text", type: "nominal" } },
      })),
    ],
  });
}

const statuses = ["read by all heads", "read by some heads", "not read"] as const;

function statusOf(reads: readonly boolean[]): (typeof statuses)[number] {
  if (reads.every(Boolean)) return statuses[0];
  return reads.some(Boolean) ? statuses[1] : statuses[2];
}
