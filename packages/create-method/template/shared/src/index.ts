export { type LowRankPromptConfig, lowRankPromptConfigSchema } from './config.ts';
export { lowRankPrompt } from './method.ts';
