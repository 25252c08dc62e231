import { attentionFiles } from "./attention-files.ts";
import type { MeasuredFile } from "./file.ts";
import { moduleFiles } from "./module-files.ts";
import { otherFiles } from "./other-files.ts";

/** Every file of measured kernels in the order of the fit: single kernels first, since modules use their constants. */
export const measuredFiles: readonly MeasuredFile[] = [...otherFiles, ...attentionFiles, ...moduleFiles];
