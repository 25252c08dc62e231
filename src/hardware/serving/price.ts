/**
 * Dollars for a million tokens: GPU-hour price x GPUs / (3600 x tokens/s x utilisation) x 1e6.
 *
 * @param tokensPerSecond of all these GPUs together while they work
 */
export const dollarsPerMillion = (
  dollarsPerGpuHour: number,
  gpus: number,
  tokensPerSecond: number,
  utilisation: number,
): number => ((dollarsPerGpuHour * gpus) / (3600 * tokensPerSecond * utilisation)) * 1e6;
