import { perByteFigure } from "../../figures/per-byte.ts";
import { byteFindings, pieceFindings, rackFindings } from "./findings.ts";
import { pieceRows, pieceTable } from "./pieces.ts";
import { kvDtype, weights } from "./question.ts";
import type { CoDesignQuestion } from "./question.ts";
import { thresholds, wordsAssumption } from "../rules.ts";
import { formatShare } from "../../core/units.ts";
import { rackRows, rackTable } from "./racks.ts";
import { variantRows, variantTable } from "./variants.ts";

/**
 * Tables of accuracy for bytes, sizes of pieces and steps on racks, with findings.
 *
 * @param onStep called after each row with scores
 */
export function coDesign(question: CoDesignQuestion, onStep: () => void) {
  const { model, systems, problems } = question;
  const [bytes, pieces] = [variantRows(question, onStep), pieceRows(question, onStep)];
  const racks = rackRows(question);
  return {
    tables: [variantTable(question, bytes), pieceTable(question, pieces), rackTable(question, racks)],
    figures: { "co-design": perByteFigure(bytes) },
    findings: [...byteFindings(bytes), ...pieceFindings(question, pieces), ...rackFindings(question, racks)],
    assumptions: [
      `a search finds most of the nodes from a score of ${formatShare(thresholds.finds)} on; ${wordsAssumption}`,
      `${problems} problems a score, mean field, reader at its defaults; costs of ${model.name}'s dimensions, K and V in ${kvDtype}, weights in ${weights}`,
      `bytes over NVLink: of a cache spread over all ${systems[0]!.gpus.value} GPUs of the rack, all GPUs together`,
      "exchange of outputs: Helix, arXiv 2507.07120; exponentials and HBM are shares of the step, at peak rates",
    ],
  };
}
