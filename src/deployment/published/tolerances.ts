/** Allowed relative error of a rate or time of a system. */
export const ofSystem = 0.35;

/** Allowed relative error of a ratio of two systems or models. */
export const ofRatio = 0.15;
