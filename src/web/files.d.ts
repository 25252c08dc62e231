/** The text of a file, which Vite puts in its place. */
declare module "*?raw" {
  const text: string;
  export default text;
}

/** The bytes of a file as a data URL. */
declare module "*?inline" {
  const address: string;
  export default address;
}
