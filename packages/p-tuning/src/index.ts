export { type PTuningConfig, pTuningConfigSchema, pTuningPresets } from './config.ts';
export { pTuning } from './method.ts';
