export type {
  Backbone,
  ForwardOptions,
  LayerInput,
  PositionOffset,
  Semantics,
} from './backbone/backbone.ts';
export type { CheckpointHead, HeadTensor } from './backbone/checkpoint-head.ts';
export { type BackboneParts, createBackbone } from './backbone/create-backbone.ts';
export { defaultBackbone, type LoadOptions, loadBackbone } from './backbone/load-backbone.ts';
export type { ResolveOptions } from './backbone/source/resolve-options.ts';
export { resolveSource } from './backbone/source/resolve-source.ts';
export { loadWeights } from './backbone/weights/load-weights.ts';
export { parseSafetensors, type SafetensorsFile } from './backbone/weights/parse-safetensors.ts';
export type { Precision } from './backbone/weights/precision.ts';
export { createWeights, type Weights } from './backbone/weights/weights.ts';
export type { Batch, BatchTarget } from './contract/batch.ts';
export {
  type ConfigInput,
  type ConfigOutput,
  type ConfigSchema,
  parseConfig,
} from './contract/config-schema.ts';
export { type CreateTunerOptions, createTuner } from './contract/create-tuner.ts';
export {
  type ConfigIssue,
  isPtlError,
  PtlError,
  type PtlErrorCode,
  type PtlErrorDetails,
} from './contract/errors.ts';
export type {
  BackboneArchitecture,
  BackboneGeometry,
  BackboneParameter,
  FrozenBackbone,
} from './contract/frozen-backbone.ts';
export { normal, uniform } from './contract/initializers.ts';
export { invalidOption } from './contract/invalid-option.ts';
export {
  type LayerChoice,
  layerChoiceSchema,
  type PrefixChoice,
  prefixLengths,
} from './contract/layer-choice.ts';
export {
  joinLayerPrefixes,
  type PrefixGeometry,
  prefixWidth,
  splitLayerPrefixes,
} from './contract/layer-prefixes.ts';
export {
  type PromptLayout,
  type PromptPlacement,
  type SoftWords,
  slotCount,
  type TemplatePart,
  type WrittenPart,
} from './contract/layout.ts';
export { createLstmEncoder, type LstmEncoderOptions } from './contract/lstm-encoder.ts';
export {
  type Dropout,
  defineMethod,
  type PromptRequest,
  type TaskInfo,
  type TaskKind,
  type Tuner,
  type TunerContext,
  type TuningMethod,
  taskKinds,
} from './contract/method.ts';
export { nearestName, suggestName } from './contract/nearest.ts';
export { PrefixPlan } from './contract/prefix-plan.ts';
export type {
  AttentionSite,
  LayerPrefix,
  LayerPrefixes,
  NoPrompt,
  Prompt,
  VirtualTokens,
} from './contract/prompt.ts';
export { createMethodRegistry, type MethodRegistry } from './contract/registry.ts';
export { deriveSeed } from './contract/seed.ts';
export {
  createSitePrefixes,
  type SitePrefixes,
  type SitePrefixesOptions,
} from './contract/site-prefixes.ts';
export {
  createTrainableLinear,
  type TrainableLinear,
  type TrainableLinearOptions,
} from './contract/trainable-linear.ts';
export { createTrainableMlp } from './contract/trainable-mlp.ts';
export { VariableStore } from './contract/variable-store.ts';
export { createEnsemble, type EnsembleOptions } from './ensemble/create-ensemble.ts';
export type { Ensemble, EnsembleEvaluation } from './ensemble/ensemble.ts';
export type { EnsembleCost, PassCost } from './ensemble/ensemble-cost.ts';
export type { EnsembleJoin } from './ensemble/join-logits.ts';
export type { ConllColumns } from './formats/conll-columns.ts';
export {
  clozePattern,
  type FactRow,
  parseFacts,
  parsePatterns,
  type RelationPattern,
} from './formats/facts.ts';
export type { ChosenFields, FieldName } from './formats/field-names.ts';
export { invalidFile } from './formats/invalid-file.ts';
export { type ConllOptions, parseConll } from './formats/parse-conll.ts';
export {
  type DelimitedKind,
  type DelimitedOptions,
  parseDelimited,
} from './formats/parse-delimited.ts';
export { type JsonLinesOptions, parseJsonLines } from './formats/parse-json-lines.ts';
export {
  type ParallelFile,
  parseParallelLabels,
  parseParallelTags,
} from './formats/parse-parallel.ts';
export { parseSquad, type SquadRows } from './formats/parse-squad.ts';
export {
  parseSuperGlue,
  type SuperGlueRow,
  type SuperGlueTask,
} from './formats/parse-super-glue.ts';
export type { FormatOptions, ParsedRows } from './formats/parsed-rows.ts';
export { guessRowKind, type RowKind, type RowOfKind } from './formats/row-kind.ts';
export { averageAdapters } from './model/average-adapters.ts';
export { combineAdapters } from './model/combine-adapters.ts';
export { type CreateModelOptions, createModel } from './model/create-model.ts';
export { createModelFrom } from './model/create-model-from.ts';
export { type AdapterDescription, describeAdapter } from './model/describe-adapter.ts';
export { type LoadAdapterOptions, loadAdapter } from './model/load-adapter.ts';
export { type LoadModelOptions, loadModel } from './model/load-model.ts';
export type { ModelExample } from './model/model-example.ts';
export type { PromptOrigin } from './model/model-parts.ts';
export {
  formatNearestWords,
  type NearestWordsOptions,
  type NearWord,
  nearestWords,
} from './model/nearest-words.ts';
export { type PromptSimilarity, promptSimilarity } from './model/prompt-similarity.ts';
export type { RowLogits } from './model/row-logits.ts';
export {
  type ParameterCounts,
  type PredictOptions,
  type SaveOptions,
  TunedModel,
} from './model/tuned-model.ts';
export { createMultiTaskModel } from './multi-task/create-multi-task-model.ts';
export type { MultiTaskExample } from './multi-task/data-set-caches.ts';
export { MultiTaskModel } from './multi-task/multi-task-model.ts';
export type { CreateMultiTaskModelOptions } from './multi-task/multi-task-options.ts';
export {
  type MultiTaskRow,
  multiTaskRows,
  type PredictionOf,
  type RowOf,
  type TaskMap,
} from './multi-task/multi-task-row.ts';
export type {
  AdapterFolder,
  AdapterSource,
  AdapterSources,
  PredictionRequest,
  Predictions,
  Served,
} from './predictor/adapter-source.ts';
export { createPredictor, type PredictorOptions } from './predictor/create-predictor.ts';
export type { Predictor } from './predictor/predictor.ts';
export { balancedLabelWeights } from './task/balanced-label-weights.ts';
export {
  type CausalLanguageModelingOptions,
  type ContinuationPrediction,
  type ContinuationRow,
  causalLanguageModeling,
} from './task/causal-language-modeling.ts';
export type { ClassificationOptions } from './task/classification-options.ts';
export {
  type ClozePrediction,
  type ClozeRow,
  cloze,
  type RatedWord,
} from './task/cloze/cloze.ts';
export type { ClozeOptions } from './task/cloze/options.ts';
export {
  type SkippedRow,
  selectClozeRows,
  singleTokenWords,
  vocabularyWords,
  type WordPlace,
} from './task/cloze/single-token-words.ts';
export { type LabelledRow, labelsOf } from './task/labels-of.ts';
export { accuracy } from './task/metrics/accuracy.ts';
export { answerExactMatch, answerF1 } from './task/metrics/answer-scores.ts';
export type { ClassLabel } from './task/metrics/class-counts.ts';
export { pearsonCorrelation, spearmanCorrelation } from './task/metrics/correlation.ts';
export type { Entity } from './task/metrics/entity.ts';
export {
  type EntityScores,
  entityScores,
  type SpanScores,
  type SupportedSpanScores,
} from './task/metrics/entity-scores.ts';
export { labelSetScores } from './task/metrics/label-set-scores.ts';
export { macroAverage } from './task/metrics/macro-average.ts';
export { macroF1 } from './task/metrics/macro-f1.ts';
export { matthewsCorrelation } from './task/metrics/matthews-correlation.ts';
export type { TaggingScheme } from './task/metrics/tagging-scheme.ts';
export { type EntityOptions, toEntities } from './task/metrics/to-entities.ts';
export {
  type LabelSetPrediction,
  type LabelSetRow,
  type MultiLabelOptions,
  multiLabelClassification,
} from './task/multi-label-classification.ts';
export type { ChoiceRow } from './task/multiple-choice/choice-row.ts';
export {
  type ChoicePrediction,
  type MultipleChoiceOptions,
  multipleChoice,
} from './task/multiple-choice/multiple-choice.ts';
export type { AnswerPositions } from './task/question-answering/answer-positions.ts';
export type { AnswerPrediction, AnswerSpan } from './task/question-answering/answer-prediction.ts';
export {
  bestNullThreshold,
  type NullThreshold,
} from './task/question-answering/best-null-threshold.ts';
export type { QuestionAnsweringOptions } from './task/question-answering/options.ts';
export { questionAnswering } from './task/question-answering/question-answering.ts';
export type { QuestionRow } from './task/question-answering/question-row.ts';
export {
  type RegressionOptions,
  regression,
  type ValuePrediction,
  type ValueRow,
} from './task/regression.ts';
export {
  type ClassPrediction,
  sequenceClassification,
  type TextRow,
} from './task/sequence-classification.ts';
export {
  type SequenceToSequenceOptions,
  sequenceToSequence,
  type TextToTextPrediction,
  type TextToTextRow,
} from './task/sequence-to-sequence.ts';
export { type ConvertTagsOptions, convertTags } from './task/tagging/convert-tags.ts';
export type {
  EncodingContext,
  Example,
  HeadContext,
  Scores,
  SummedLoss,
  Task,
  TaskHead,
} from './task/task.ts';
export type { TaskOptions } from './task/task-options.ts';
export {
  type TaggedRow,
  type TagPrediction,
  tokenClassification,
} from './task/token-classification.ts';
export type { TokenClassificationOptions } from './task/token-options.ts';
export {
  type VerbalizedClassificationOptions,
  verbalizedClassification,
} from './task/verbalized-classification.ts';
export type { WordInContextOptions } from './task/word-in-context/options.ts';
export { wordInContext } from './task/word-in-context/word-in-context.ts';
export type { MarkedSpan, WordInContextRow } from './task/word-in-context/word-row.ts';
export { collate } from './tokenizer/collate.ts';
export { createTokenizer } from './tokenizer/create-tokenizer.ts';
export { encodeText, encodeWords, type TextInput } from './tokenizer/encode-row.ts';
export type { EncodedRow } from './tokenizer/encoded-row.ts';
export {
  type ResolvedTemplate,
  resolveTemplate,
  type SlotRun,
} from './tokenizer/resolve-template.ts';
export { formatTemplate, parseTemplate, type TemplateUse } from './tokenizer/template.ts';
export { templateProblem } from './tokenizer/template-problem.ts';
export type { AssembledRow, SpecialTokens, Tokenizer } from './tokenizer/tokenizer.ts';
export type { Sampling } from './trainer/batching/share-updates.ts';
export { shuffle } from './trainer/batching/shuffle.ts';
export type {
  FrozenCache,
  FrozenCacheOptions,
  FrozenStates,
} from './trainer/frozen-cache.ts';
export { type AdafactorOptions, adafactor } from './trainer/optimizer/adafactor.ts';
export { type AdamWOptions, adamW } from './trainer/optimizer/adam-w.ts';
export {
  type MissedUpdates,
  type Optimizer,
  type RunningOptimizer,
  type Update,
  updateOf,
} from './trainer/optimizer/optimizer.ts';
export type { Preset, Presets } from './trainer/options/preset.ts';
export type {
  CacheOptions,
  CheckpointOptions,
  Interval,
  LogOptions,
  ScalarWriter,
  TrainOptions,
} from './trainer/options/train-options.ts';
export { type Schedule, type SchedulePlace, scheduleFactor } from './trainer/schedule.ts';
export { train } from './trainer/train.ts';
export type {
  EvaluationEvent,
  StepEvent,
  StepPosition,
  TrainEvent,
} from './trainer/train-event.ts';
export type { EvaluationRecord, StopReason, TrainReport } from './trainer/train-report.ts';
export type {
  EncodedExample,
  EvaluateOptions,
  EvaluationResult,
  Trainable,
} from './trainer/trainable.ts';
