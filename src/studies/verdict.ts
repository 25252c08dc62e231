/** Whether our numbers show what was published or claimed. */
export type Agreement = "reproduced" | "contradicted";

export const verdictOf = (agrees: boolean): Agreement => (agrees ? "reproduced" : "contradicted");
