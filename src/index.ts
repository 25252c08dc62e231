/** attnsim: attention variants on long-context tasks, as a library that runs in a browser too. */

// core
export { Registry } from "./core/entry.ts";
export type { Entry, Source } from "./core/entry.ts";
export { UsageError } from "./core/errors.ts";
export { choice, flag, int, real, resolveParams } from "./core/params.ts";
export type { AnyParams, Params, ParamSpec, ParamSpecs } from "./core/params.ts";
export { Random } from "./core/random.ts";
export { tensor, zeros } from "./core/tensor.ts";
export type { RowLists, Tensor } from "./core/tensor.ts";
export { attentionFlops, costOfReads, keyValueBytes } from "./core/cost.ts";
export type { StepCost, StepShape } from "./core/cost.ts";
export {
  formatBytes,
  formatChange,
  formatMean,
  formatPercent,
  formatSeconds,
  formatShare,
  formatUsd,
} from "./core/units.ts";
export type { Quantity } from "./core/units.ts";

// entries
export { catalog, entriesOf, kinds, kindsOf } from "./catalog.ts";
export type { Kind } from "./catalog.ts";

// engines
export { listEngines, loadEngine } from "./engines/registry.ts";
export { kvDtypeBytes } from "./core/dtype.ts";
export type { KvDtype } from "./core/dtype.ts";
export type { Ops, Space, Table } from "./engines/ops.ts";

// attention
export { defineVariant } from "./attention/variant.ts";
export type { AnyVariant, AttentionVariant } from "./attention/variant.ts";
export type { KeyValueCache, Phase, Queries } from "./attention/cache.ts";
export { parseSpec } from "./attention/spec.ts";
export type { AttentionSpec } from "./attention/spec.ts";
export { costOfTokens } from "./attention/parts/costs.ts";
export { perHead } from "./attention/parts/per-head.ts";
export { softmaxRead } from "./attention/parts/softmax-read.ts";
export {
  firstRows,
  selectTop,
  unitAndCurrentSpans,
  unitsBefore,
  unitSpans,
} from "./attention/parts/select.ts";
export { Spans } from "./attention/parts/spans.ts";
export { defineShaping, scaleQueries } from "./attention/shaping.ts";
export { definePlacement } from "./attention/placement.ts";
export { composeLayers, layer, repeat } from "./attention/layers.ts";
export { cacheFromTensors } from "./attention/tensors.ts";
export { attendTensors, tensorsCost } from "./attention/attend-tensors.ts";
export type { AttendedHeads, AttendedTensors, HeadReport } from "./attention/attend-tensors.ts";
export { fitsFloat32, magnitudesOf } from "./attention/finite.ts";
export type { Captured, CapturedName, CapturedTensor } from "./attention/captured.ts";
export { denseIn, phaseFor } from "./attention/phase.ts";

// hardware and budgets
export { exchangedBytes, fetchedBytes, gatheredBytes } from "./hardware/transfers.ts";
export { attentionLayer } from "./hardware/layers/attention.ts";
export { layersOf } from "./hardware/model.ts";
export type { Model } from "./hardware/model.ts";
export type { System } from "./hardware/system.ts";
export { modelCost } from "./deployment/model-cost.ts";
export { parseBudget } from "./deployment/budget.ts";
export type { Budget } from "./deployment/budget.ts";
export { fitBudget } from "./deployment/fit-budget.ts";

// forward passes of models on GPUs
export { formatParallel, parseParallel, plansFor } from "./hardware/parallel.ts";
export { gpusOf } from "./hardware/parallelism.ts";
export type { Parallelism } from "./hardware/parallelism.ts";
export { divisionsOf } from "./deployment/division.ts";
export type { Division, ModelOnSystem } from "./deployment/division.ts";
export { usersThatFit } from "./deployment/choice.ts";
export { fastestDecode, stepOf } from "./deployment/decode.ts";
export type { DecodeAnswer, StepQuestion } from "./deployment/decode.ts";
export { fastestPrefill } from "./deployment/prefill.ts";
export type { PrefillAnswer } from "./deployment/prefill.ts";
export { passAssumptions } from "./hardware/pass/pass.ts";
export { fits, memoryAssumptions } from "./deployment/memory.ts";

// operators: the time of kernels and modules on a GPU
export { explain } from "./hardware/kernels/operator-time.ts";
export type { OperatorTime, Term } from "./hardware/kernels/operator-time.ts";
export { machineOf, profiles } from "./hardware/kernels/machine.ts";
export type { Machine, KernelProfile } from "./hardware/kernels/machine.ts";
export { gemm } from "./hardware/kernels/gemm.ts";
export { gqaDecode, gqaPrefill } from "./hardware/kernels/gqa.ts";
export { mlaDecode, mlaPrefill } from "./hardware/kernels/mla.ts";
export { indexLogits, sparseAttention, topK } from "./hardware/kernels/sparse.ts";
export {
  dsaModuleDecode,
  dsaModulePrefill,
  mlaModuleDecode,
  mlaModulePrefill,
} from "./hardware/kernels/latent-module.ts";
export { compressedModuleDecode, compressedModulePrefill } from "./hardware/kernels/compressed-module.ts";
export { msaModuleDecode, msaModulePrefill } from "./hardware/kernels/block-module.ts";
export { linearDecode, linearPrefill } from "./hardware/kernels/linear.ts";
export { moe } from "./hardware/kernels/moe.ts";
export { allReduce, collective, customAllReduce } from "./hardware/kernels/collectives.ts";
export { expertExchange } from "./hardware/kernels/expert-exchange.ts";

// tasks and reader
export { defineTask } from "./tasks/task.ts";
export type { AnyTask, DatasetRow, Message, Problem, Score, Task } from "./tasks/task.ts";
export type { Circuit, FeatureColumn, FeatureSum, FeatureTerm, RecordSet } from "./tasks/circuit.ts";
export type { Outline } from "./tasks/outline.ts";
export { rowOfProblem, stringColumn, stringsColumn } from "./tasks/parts/dataset-row.ts";
export type { LoadedRow } from "./tasks/parts/dataset-row.ts";
export { Features } from "./tasks/parts/features.ts";
export { recordSpans } from "./tasks/parts/spans.ts";
export type { RecordSpans, TextSpan } from "./tasks/parts/spans.ts";
export { countTokens } from "./tasks/parts/tokenizer.ts";
export type { CountTokens } from "./tasks/parts/tokenizer.ts";
export { parseTask } from "./tasks/spec.ts";
export { readerParams } from "./reader/params.ts";
export type { ReaderParams } from "./reader/params.ts";

// trials and their figures
export { booleanColumn, integerColumn, numberColumn, orEmpty, textColumn } from "./core/table.ts";
export type { Column, RowOf } from "./core/table.ts";
export { columns } from "./trial/columns.ts";
export type { TrialRow } from "./trial/columns.ts";
export { hasMeanField } from "./trial/make-trial.ts";
export type { TrialOptions } from "./trial/make-trial.ts";
export { meanFieldScore } from "./trial/mean-field-score.ts";
export { viewTrial } from "./trial/view/view-trial.ts";
export { reasonText } from "./trial/view/sentence.ts";
export type { GoldView } from "./trial/view/gold.ts";
export type { QueryView, TrialView } from "./trial/view/view.ts";
export type { Reason } from "./trial/view/reason.ts";
export { attentionFigure } from "./figures/attention-view.ts";
export { runTrial } from "./trial/run-trial.ts";
export type { RunTrialOptions } from "./trial/run-trial.ts";
export type { Trial } from "./trial/trial.ts";
export { figures, findFigure } from "./figures/registry.ts";
export type { Figure, FigureContext, PublishedResult } from "./figures/figure.ts";
export { linesFigure } from "./figures/lines.ts";

export { version } from "./version.ts";
