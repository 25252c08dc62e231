/** How attention logits are rescaled with the number of keys that a query sees; attention/shaping.ts defines each. */
export const logitShapings = ["none", "ssmax", "log-n", "yarn", "sink"] as const;

export type LogitShaping = (typeof logitShapings)[number];
