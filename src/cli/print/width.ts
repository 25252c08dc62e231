let isWide = false;

/** Lets tables be wider than the terminal, or not. */
export const setWide = (wide: boolean): void => {
  isWide = wide;
};

/** Characters of a line of the terminal; no limit where output goes to a file or a pipe. */
export const lineWidth = (): number =>
  isWide || !process.stdout.isTTY ? Infinity : process.stdout.columns || 80;
