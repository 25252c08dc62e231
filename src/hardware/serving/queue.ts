/**
 * Mean wait of a queue with Poisson arrivals and one server that takes the same time for each: rho S / (2 (1 - rho)).
 *
 * Pollaczek-Khinchine with a deterministic service, e.g. Kleinrock 1975, "Queueing systems" 1, section 5.6.
 *
 * @param utilisation rho; nobody is ever served at 1
 */
export const waitOfMd1 = (serviceSeconds: number, utilisation: number): number =>
  utilisation < 1 ? (utilisation * serviceSeconds) / (2 * (1 - utilisation)) : Infinity;
