import { UsageError } from "../../core/errors.ts";

/** Runs a check, and notes the error of a wrong input under its text. Returns whether there was none. */
export function noted(errors: Record<string, string>, text: string, check: () => unknown): boolean {
  try {
    check();
    return true;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    errors[text] = error.message;
    return false;
  }
}
