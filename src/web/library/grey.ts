const grey = "#999999";

interface FrontierSpec {
  readonly concat: readonly {
    readonly data: { readonly values: readonly { readonly variant: string }[] };
    readonly layer: readonly { readonly encoding: { readonly color?: object } }[];
  }[];
}

/** A frontier's figure in which some variants are grey. */
export function withGrey(figure: object, variants: readonly string[]): object {
  if (variants.length === 0) return figure;
  const spec = figure as FrontierSpec;
  const condition = { test: "datum.fails", value: grey };
  return {
    ...spec,
    concat: spec.concat.map(({ data, layer, ...panel }) => ({
      ...panel,
      data: { values: data.values.map((point) => ({ ...point, fails: variants.includes(point.variant) })) },
      layer: layer.map(({ encoding, ...mark }) => ({
        ...mark,
        encoding:
          encoding.color === undefined ? encoding : { ...encoding, color: { ...encoding.color, condition } },
      })),
    })),
  };
}
