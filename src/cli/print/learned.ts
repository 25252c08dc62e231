import { formatShare } from "../../core/units.ts";
import type { TrainPoint } from "../../learned/train.ts";
import { formatTable } from "./table.ts";

/** An evaluation as a line: `step 25: loss 4.85 nats, accuracy .03`. */
export const formatEvaluation = ({ step, loss, accuracy }: TrainPoint): string =>
  `step ${step}: loss ${loss.toFixed(3)} nats, accuracy ${formatShare(accuracy)}`;

/** The curve of a training run as a table. */
export const formatTraining = (curve: readonly TrainPoint[]): string =>
  formatTable(
    ["step", "rate", "training loss", "loss", "accuracy"],
    curve.map(({ step, rate, trainLoss, loss, accuracy }) => [
      step,
      rate.toPrecision(2),
      trainLoss.toFixed(3),
      loss.toFixed(3),
      formatShare(accuracy),
    ]),
  );
