import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Backbone } from '../../backbone/backbone.ts';
import type { PromptLayout } from '../../contract/layout.ts';
import { createModel } from '../../model/create-model.ts';
import { bareMethod } from '../../testing/bare-method.ts';
import { loadFixtureBackbone } from '../../testing/fixture-checkpoint.ts';
import { resolveTemplate } from '../../tokenizer/resolve-template.ts';
import { parseTemplate } from '../../tokenizer/template.ts';
import type { AnswerPositions } from './answer-positions.ts';
import { questionAnswering } from './question-answering.ts';

const context =
  'The tram to the old harbour leaves at nine. She bought three tickets and paid forty-two crowns ' +
  "(42%). In the naïve plan they'll come at 18:30; it's raining again at the station.";
const answers = { text: ['old harbour'], answerStart: [16] };
const rows = [{ question: 'Where does the tram go?', context, answers }];

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('question answering behind virtual tokens', () => {
  let backbone: Backbone;
  beforeAll(async () => {
    backbone = await loadFixtureBackbone('bert');
  });
  afterAll(() => backbone[Symbol.dispose]());

  it.each([
    { kind: 'placed', at: 'front', length: 3 },
    { kind: 'placed', at: 'end', length: 3 },
    {
      kind: 'template',
      parts: resolveTemplate(parseTemplate('{prompt:2} {text} the {prompt:1}'), () => []).parts,
    },
    {
      kind: 'template',
      parts: resolveTemplate(
        parseTemplate('{prompt:1} {text_pair} at {sep} {prompt:2} {text}'),
        () => [],
      ).parts,
    },
  ] as const)('reads the whole context in windows: %j', async (layout: PromptLayout) => {
    const task = questionAnswering({ maxLength: 40, stride: 8 });
    using model = createModel({ backbone, method: bareMethod, config: { layout }, task });
    const examples = model.encode(rows).map(({ example }) => example);
    const windows = examples.map((example) => example.row.window?.spans ?? []);
    const { ids, spans } = backbone.tokenizer.locate(context);
    for (const [index, { row: encoded, target }] of examples.entries()) {
      expect(encoded.slots).toHaveLength(3);
      expect(encoded.inputIds.length).toBeLessThanOrEqual(40);
      const position = encoded.window?.position ?? 0;
      const own = windows[index] ?? [];
      // Each but the first starts eight tokens before the end of the one before it.
      const before = windows.slice(0, index).reduce((sum, { length }) => sum + length - 8, 0);
      const real = encoded.inputIds.filter((_, place) => !encoded.slots.includes(place));
      expect(real.slice(position).slice(0, own.length)).toEqual(
        ids.slice(before).slice(0, own.length),
      );
      expect(own).toEqual(spans.slice(before).slice(0, own.length));
      const { start, end } = target as AnswerPositions; // As the task makes them.
      const text = context.slice(own[start - position]?.start, own[end - position]?.end);
      expect(index === 0 ? text : [start, end]).toEqual(index === 0 ? 'old harbour' : [0, 0]);
    }
    expect(windows.at(-1)?.at(-1)).toEqual(spans.at(-1));
    expect(windows.length).toBeGreaterThan(2);
    const [prediction] = await model.predict(rows);
    expect(context.slice(prediction?.start, prediction?.end)).toBe(prediction?.text);
  });

  it('has windows of as many positions as the backbone has, with half a window in common at most', () => {
    using model = createModel({ backbone, method: bareMethod, task: questionAnswering() });
    const encoded = model.encode(rows).map(({ example }) => example.row);
    expect(encoded[0]?.inputIds).toHaveLength(backbone.geometry.maxPositions);
    const [first, second] = encoded.map(({ window }) => window?.spans ?? []);
    const half = Math.floor((first?.length ?? 0) / 2);
    expect(second?.slice(0, half)).toEqual(first?.slice(-half));
    expect(second?.[half]?.start).toBeGreaterThan(first?.at(-1)?.start ?? 0);
  });

  it.each([2, 64])('keeps %d tokens of a question at most, and says how many were cut', (most) => {
    const task = questionAnswering({ maxLength: 40, maxQuestionLength: most });
    using model = createModel({ backbone, method: bareMethod, task });
    const question = backbone.tokenizer.tokenize(rows[0]?.question ?? '');
    expect(question.length).toBeGreaterThan(2);
    const kept = question.slice(0, most);
    const { sep } = backbone.tokenizer.special;
    for (const { example } of model.encode(rows)) {
      expect(example.row.inputIds.slice(1, 2 + kept.length)).toEqual([...kept, sep]);
      expect(example.row.truncatedTokens).toBe(question.length - kept.length);
    }
  });

  it('refuses a question that leaves no room', () => {
    const task = questionAnswering({ maxLength: 6 });
    using model = createModel({ backbone, method: bareMethod, task });
    expect(() => model.encode(rows)).toThrow(expect.objectContaining({ code: 'ROW_TOO_LONG' }));
  });
});
