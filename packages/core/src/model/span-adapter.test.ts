import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Backbone } from '../backbone/backbone.ts';
import { parseSafetensors } from '../backbone/weights/parse-safetensors.ts';
import { toFloat32 } from '../backbone/weights/stored-tensor.ts';
import { writeSafetensors } from '../backbone/weights/write-safetensors.ts';
import { questionAnswering } from '../task/question-answering/question-answering.ts';
import { sequenceClassification } from '../task/sequence-classification.ts';
import { bareMethod } from '../testing/bare-method.ts';
import { loadFixtureBackbone } from '../testing/fixture-checkpoint.ts';
import { filledTensor, openAdapterBench } from './adapter-bench.ts';
import { createModel } from './create-model.ts';
import { loadAdapter } from './load-adapter.ts';

const stored = fileURLToPath(
  new URL('../../fixtures/peft/bert-question_ans-prompt', import.meta.url),
);
const rows = [{ question: 'When does it leave?', context: 'The train leaves at nine.' }];
const config = { layout: { kind: 'placed', at: 'front', length: 3 } } as const;

let folder = '';
let bert: Backbone;
beforeAll(async () => {
  await tf.setBackend('cpu');
  folder = await mkdtemp(join(tmpdir(), 'ptl-spans-'));
  bert = await loadFixtureBackbone('bert');
});
afterAll(async () => {
  bert[Symbol.dispose]();
  await rm(folder, { recursive: true });
});

async function configIn(place: string): Promise<Record<string, unknown>> {
  return JSON.parse(await readFile(join(place, 'adapter_config.json'), 'utf8'));
}

describe("PEFT's adapter for question answering", () => {
  it('is written back with its tensors, byte for byte', async () => {
    using model = await loadAdapter(bert, stored);
    const place = join(folder, 'again');
    await model.save(place, { exportPeft: 'required' });
    const tensors = 'adapter_model.safetensors';
    expect(await readFile(join(place, tensors))).toEqual(await readFile(join(stored, tensors)));
    const { modules_to_save: modules, ...written } = await configIn(place);
    expect(modules).toEqual(['qa_outputs']);
    expect(await configIn(stored)).toMatchObject(written);
  });

  it('takes a task with settings of its own', async () => {
    const task = questionAnswering({ maxAnswerLength: 1 });
    using model = await loadAdapter(bert, stored, { task });
    const [answer] = await model.predict(rows);
    expect(bert.tokenizer.tokenize(answer?.text ?? '')).toHaveLength(1);
  });

  it('refuses labels, and other tasks', async () => {
    await expect(loadAdapter(bert, stored, { labels: ['a', 'b'] })).rejects.toThrow(/no labels/);
    const task = sequenceClassification({ labels: ['a', 'b'] });
    await expect(loadAdapter(bert, stored, { task })).rejects.toThrow(
      /for question-answering, not for sequence-classification/,
    );
  });

  it('is refused with a head of another size', async () => {
    const file = join(stored, 'adapter_model.safetensors');
    const tensors = parseSafetensors(await readFile(file), file).tensors;
    const changed = [...tensors].map(([name, tensor]) =>
      name.includes('qa_outputs')
        ? filledTensor(name, [3, ...tensor.shape.slice(1)])
        : { name, shape: tensor.shape, data: toFloat32(tensor) },
    );
    await using bench = await openAdapterBench();
    const error = await bench.tryAdapter(await configIn(stored), writeSafetensors(changed));
    expect(String(error)).toMatch(
      /its head has 3 outputs; the start and the end of an answer are 2/,
    );
  });
});

describe('question answering by the rules of PEFT', () => {
  it('leaves token types aside', async () => {
    const options = { backbone: bert, method: bareMethod, config, task: questionAnswering() };
    using peft = createModel({ ...options, semantics: 'peft' });
    using own = createModel(options);
    const typesOf = (model: typeof own) =>
      model.encode(rows.map((row) => ({ ...row, answers: { text: [], answerStart: [] } })));
    expect(new Set(typesOf(peft)[0]?.example.row.tokenTypeIds)).toEqual(new Set([0]));
    expect(new Set(typesOf(own)[0]?.example.row.tokenTypeIds)).toEqual(new Set([0, 1]));
  });

  it('is required of what PEFT is to compute', async () => {
    const options = { backbone: bert, method: bareMethod, config, task: questionAnswering() };
    using own = createModel(options);
    const saving = own.save(join(folder, 'own'), { exportPeft: 'required' });
    await expect(saving).rejects.toThrow(/PEFT drops the token types of questions and contexts/);
    using peft = createModel({ ...options, semantics: 'peft' });
    await peft.save(join(folder, 'own'), { exportPeft: 'required' });
    using loaded = await loadAdapter(bert, join(folder, 'own'));
    expect(await loaded.logits(rows)).toEqual(await peft.logits(rows));
  });

  it('is not asked for where the family has no token types', async () => {
    using backbone = await loadFixtureBackbone('distilbert');
    using model = createModel({ backbone, method: bareMethod, config, task: questionAnswering() });
    await model.save(join(folder, 'distilbert'), { exportPeft: 'required' });
    const { task_type: type } = await configIn(join(folder, 'distilbert'));
    expect(type).toBe('QUESTION_ANS');
  });
});
