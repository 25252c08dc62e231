/**
 * Mean wait of a queue with Poisson arrivals and one server of constant service time: rho S / (2 (1 - rho)).
 *
 * Pollaczek-Khinchine with a deterministic service, e.g. Kleinrock 1975, "Queueing systems" 1, section 5.6.
 *
 * @param utilisation rho; at 1 the wait is infinite
 */
export const waitOfMd1 = (serviceSeconds: number, utilisation: number): number =>
  utilisation < 1 ? (utilisation * serviceSeconds) / (2 * (1 - utilisation)) : Infinity;
