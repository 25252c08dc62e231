const grey = "#999999";

interface Hue {
  readonly scale: { readonly domain: readonly string[]; readonly range: readonly string[] };
}

interface FrontierSpec {
  readonly concat: readonly {
    readonly layer: readonly { readonly encoding: { readonly color?: Hue } }[];
  }[];
}

/** A frontier's figure in which some variants are grey, in its legend too. */
export function withGrey(figure: object, variants: readonly string[]): object {
  const greyed = (color: Hue): Hue => {
    const { domain, range } = color.scale;
    const own = domain.map((variant, i) => (variants.includes(variant) ? grey : range[i]!));
    return { ...color, scale: { domain, range: own } };
  };
  const spec = figure as FrontierSpec;
  return {
    ...spec,
    concat: spec.concat.map(({ layer, ...panel }) => ({
      ...panel,
      layer: layer.map(({ encoding, ...mark }) => ({
        ...mark,
        encoding: encoding.color === undefined ? encoding : { ...encoding, color: greyed(encoding.color) },
      })),
    })),
  };
}
