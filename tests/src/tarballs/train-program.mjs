import { createModel, loadBackbone, loadModel, sequenceClassification, train } from '@ptl/core';
import { useEngine } from '@ptl/node';
import { promptTuning } from '@ptl/prompt-tuning';

const [folder] = process.argv.slice(2);
await useEngine({ engine: 'wasm', onMessage: () => undefined });
const backbone = await loadBackbone(folder);
const rows = ['great sound', 'a small model', 'poor screen', 'dim battery'].map((text, index) => ({
  text,
  label: index < 2 ? 'good' : 'bad',
}));
const task = sequenceClassification({ labels: ['good', 'bad'] });
const config = { promptLength: 4 };
const model = createModel({ backbone, method: promptTuning, config, task, seed: 1 });
const options = { epochs: 40, batchSize: 4, learningRate: 0.1, progress: 'none' };
await train(model, { train: rows, ...options });
await model.save('adapter');
const loaded = await loadModel('adapter', { backbone });
const predictions = await loaded.predict(rows);
process.stdout.write(predictions.map(({ label }) => label).join(' '));
