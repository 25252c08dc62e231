import { visible } from "../../core/visible.ts";

/** Prints on standard output. Control characters become escapes, which in JSON stand for the same text. */
export const print = (text: string): void => console.log(visible(text));

/** Prints on standard error, in the same way. */
export const printError = (text: string): void => console.error(visible(text));
