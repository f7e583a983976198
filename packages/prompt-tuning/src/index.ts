export {
  type PromptTuningConfig,
  promptTuningConfigSchema,
  promptTuningPresets,
} from './config.ts';
export { promptTuning } from './method.ts';
