export { type PTuningConfig, pTuningConfigSchema } from './config.ts';
export { pTuning } from './method.ts';
