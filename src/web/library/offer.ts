import { catalog } from "../../catalog.ts";
import { kvDtypes } from "../../core/dtype.ts";
import { readerParams } from "../../reader/params.ts";
import { version } from "../../version.ts";
import type { Offer, Offered, OfferedParam } from "../questions.ts";

/** Ranges of sliders, narrower than what the parameters allow. */
const sliders: Readonly<Record<string, NonNullable<OfferedParam["slider"]>>> = {
  headDim: { min: 16, max: 256, step: 16 },
  kvHeads: { min: 1, max: 16, step: 1 },
  groupSize: { min: 1, max: 16, step: 1 },
  sharpness: { min: 0.5, max: 2.5, step: 0.05 },
  fidelity: { min: 0.8, max: 1, step: 0.005 },
  residualNoise: { min: 0, max: 2, step: 0.05 },
  reads: { min: 1, max: 16, step: 1 },
  coherence: { min: 0, max: 1, step: 0.05 },
};

/** Parameters that the mean field takes none of. */
const numericsOnly = ["geometry"];

const offered = (entries: Iterable<Offered>): Offered[] =>
  [...entries].map(({ name, summary }) => ({ name, summary }));

/** Everything that the page lets its reader choose. */
export function makeOffer(): Offer {
  const reader = Object.entries(readerParams).filter(([name]) => !numericsOnly.includes(name));
  return {
    version,
    variants: [...catalog.variants].map(({ name, summary, family }) => ({ name, summary, family })),
    tasks: [...catalog.tasks].flatMap((task) => (task.outline === undefined ? [] : offered([task]))),
    shapings: offered(catalog.shapings),
    placements: offered(catalog.placements),
    systems: offered(catalog.systems),
    models: offered(catalog.models),
    kvDtypes,
    reader: reader.map(([name, param]) => ({
      name,
      doc: param.doc,
      default: param.default,
      ...(sliders[name] !== undefined && { slider: sliders[name] }),
      ...(param.kind === "choice" && { choices: param.choices }),
    })),
  };
}
