export { type PromptTuningConfig, promptTuningConfigSchema } from './config.ts';
export { promptTuning } from './method.ts';
