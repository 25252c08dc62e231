/** Verdict of our numbers on a published or claimed number. */
export type Agreement = "reproduced" | "contradicted";

export const verdictOf = (agrees: boolean): Agreement => (agrees ? "reproduced" : "contradicted");
