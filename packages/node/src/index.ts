export { cacheFolder } from './cache/cache-folder.ts';
export { type EngineName, engineNames } from './engine-choice.ts';
export { engineErrorCodes } from './errors.ts';
export { type InstallOptions, installEngine } from './install/install-engine.ts';
export type { InstallProgress } from './install/install-progress.ts';
export { findInstalled, type InstalledEngine } from './install/installed-engine.ts';
export { type StatelessUniformAttributes, statelessUniformName } from './load/stateless-uniform.ts';
export { type TensorBoardWriter, tensorBoardWriter } from './load/tensorboard-writer.ts';
export type {
  OpAttribute,
  TensorflowBackend,
  TensorMetadata,
  TfjsBinding,
} from './load/tfjs-binding.ts';
export { findModel, installModel, type ModelOptions } from './models/install-model.ts';
export { type EnginePlan, type EngineVariant, planEngine } from './plan/engine-plan.ts';
export { type Machine, thisMachine } from './plan/machine.ts';
export type { Wheel } from './plan/wheel.ts';
export { type EngineReport, type UseEngineOptions, useEngine } from './use-engine.ts';
