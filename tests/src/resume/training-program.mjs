import { createModel, loadBackbone, tokenClassification, train } from '@ptl/core';
import { useEngine } from '@ptl/node';
import { pTuningV2 } from '@ptl/p-tuning-v2';

const [engine, backboneFolder, folder, settings] = process.argv.slice(2);
await useEngine({ engine, install: false, onMessage: () => undefined });
const backbone = await loadBackbone(backboneFolder);
const rows = Array.from({ length: 24 }, (_, index) => ({
  tokens: ['the', 'train', 'to', index % 2 ? 'Garching' : 'market', 'leaves'].slice(index % 3),
  tags: ['O', 'O', 'O', 'B-PLACE', 'O'].slice(index % 3),
}));
const task = tokenClassification({ labels: ['O', 'B-PLACE'] });
const config = { promptLength: 4, ...JSON.parse(settings) };
const model = createModel({ backbone, method: pTuningV2, config, task, seed: 1 });
await train(model, {
  train: rows,
  validation: rows.slice(0, 6),
  epochs: 6,
  batchSize: 4,
  seed: 2,
  progress: 'none',
  checkpoint: { folder, every: { steps: 5 }, resume: true },
  onEvent: ({ type, step }) => type === 'step' && process.stdout.write(`${step}\n`),
});
