export { type PTuningV2Config, pTuningV2ConfigSchema } from './config.ts';
export { pTuningV2 } from './method.ts';
