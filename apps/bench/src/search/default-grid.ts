import type { DataSet } from '../data/data-set.ts';
import type { Grid, GridAxis } from './grid.ts';

const rates = (...values: readonly number[]): GridAxis => ({
  section: 'training',
  field: 'learningRate',
  values,
});
const lengths = (field: string, ...values: readonly number[]): GridAxis => ({
  section: 'method',
  field,
  values,
});

/** Of weights that are pretrained. */
const smallRates = rates(5e-5, 1e-4, 2e-4, 3e-4, 5e-4, 1e-3);
/** Of what starts from nothing; Liu et al. (2022) use 5e-3 to 6e-2, Lester et al. (2021) 0.3. */
const largeRates = rates(5e-3, 1e-2, 3e-2, 6e-2, 1e-1);

/** Longer for tags, which gain from it in Liu et al. (2022), section 4.4. */
const deepLengths = {
  'sequence-classification': [4, 8, 16, 32],
  'token-classification': [16, 32, 64],
} as const satisfies Record<DataSet['kind'], readonly number[]>;

/** What a search tries where it is not told: lengths and rates, as far as the method has them. */
export function defaultGrid(method: string, kind: DataSet['kind']): Grid {
  switch (method) {
    case 'p-tuning-v2':
      return [lengths('promptLength', ...deepLengths[kind]), largeRates];
    case 'prefix':
      return [lengths('prefixLength', ...deepLengths[kind]), rates(1e-3, 2e-3, 5e-3, 1e-2)];
    case 'prompt-tuning':
      return [lengths('promptLength', 5, 10, 20, 40), rates(5e-3, 1e-2, 2e-2, 3e-2, 1e-1, 3e-1)];
    case 'p-tuning':
      return [pTuningTemplates, rates(1e-3, 2e-3, 5e-3, 1e-2)];
    case 'head-only':
      return [largeRates];
    case 'bias-only':
      return [rates(5e-4, 1e-3, 2e-3, 5e-3, 1e-2)];
    default:
      return [smallRates];
  }
}

/** Three groups of three in Liu et al. (2021), for pairs; here around a text. */
const pTuningTemplates: GridAxis = {
  section: 'method',
  field: 'template',
  values: [3, 6, 10].map((length) => `{prompt:${length}} {text} {prompt:${length}}`),
};
