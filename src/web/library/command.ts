/** A word of a command line as a shell reads it: quoted where it must be. */
const quoted = (word: string): string =>
  /^[\w.,:=/+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

/** A command line of attnsim. Options without a value are left out. */
export const commandLine = (
  words: readonly string[],
  options: readonly (readonly [name: string, value: string | number | true | undefined])[],
): string =>
  [
    "npx",
    "attnsim",
    ...words,
    ...options.flatMap(([name, value]) =>
      value === undefined ? [] : value === true ? [`--${name}`] : [`--${name}`, quoted(String(value))],
    ),
  ].join(" ");

/** Options of reader parameters: `--residual-noise 0.5`. */
export const readerOptions = (
  reader: Readonly<Record<string, string | number | undefined>>,
): [name: string, value: string | number | undefined][] =>
  Object.entries(reader).map(([param, value]) => [
    param.replaceAll(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`),
    value,
  ]);
