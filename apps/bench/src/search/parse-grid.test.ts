import { describe, expect, it } from 'vitest';
import { collectGridOption, parseGridOption } from './parse-grid.ts';

describe('values of a grid', () => {
  it.each([
    ['method.promptLength=8,16', [8, 16]],
    ['method.promptLength=8,8, 16', [8, 16]],
    ['training.learningRate=1e-3,0.01', [0.001, 0.01]],
    ['method.frozenDropout=true,false', [true, false]],
    ['method.reparameterization=null,{"hiddenSize":64}', [null, { hiddenSize: 64 }]],
    ['training.schedule=linear, constant', ['linear', 'constant']],
    ['method.template={prompt:3} {text}', ['{prompt:3} {text}']],
    ['method.template=["{prompt:3}, {text}","{text}"]', ['{prompt:3}, {text}', '{text}']],
    [
      'method.promptLength=[4,8],[8,4]',
      [
        [4, 8],
        [8, 4],
      ],
    ],
    ['method.promptLength=[[4,8]]', [[4, 8]]],
  ])('%s', (text, values) => {
    expect(parseGridOption(text)).toMatchObject({ method: null, axis: { values } });
  });

  it('may be for one method alone', () => {
    expect(parseGridOption('p-tuning-v2:training.epochs=40,80')).toEqual({
      method: 'p-tuning-v2',
      axis: { section: 'training', field: 'epochs', values: [40, 80] },
    });
  });

  it('come from every option in turn', () => {
    const first = collectGridOption('training.epochs=1', []);
    expect(collectGridOption('training.epochs=2', first)).toHaveLength(2);
  });

  it.each(['epochs=1', 'training.epochs', 'training.epochs=', 'a:b:training.epochs=1'])(
    '%s is refused with what is right',
    (text) => {
      expect(() => parseGridOption(text)).toThrow('Expected "method.FIELD=VALUES"');
    },
  );

  it('may not be missing', () => {
    expect(() => parseGridOption('training.epochs=[]')).toThrow('at least one value');
    expect(() => parseGridOption('training.schedule=linear,,cosine')).toThrow('between two commas');
  });
});
