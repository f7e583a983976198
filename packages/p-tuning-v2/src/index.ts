export { type PTuningV2Config, pTuningV2ConfigSchema, pTuningV2Presets } from './config.ts';
export { pTuningV2 } from './method.ts';
