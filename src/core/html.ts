import { visible } from "./visible.ts";

/** A text or number with the characters that HTML reads as its own, and those that nobody sees, escaped. */
export const escapeHtml = (text: string | number): string =>
  visible(String(text))
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
