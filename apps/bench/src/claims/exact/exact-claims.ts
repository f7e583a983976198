import type { ExactClaim } from '../claim.ts';
import { checkFolding } from './check-folding.ts';
import { checkFrozen } from './check-frozen.ts';
import { checkMixedBatch } from './check-mixed-batch.ts';
import { checkSizes } from './check-sizes.ts';

/** What holds to the bit, or to rounding, whatever is trained. */
export const exactClaims: readonly ExactClaim[] = [
  {
    kind: 'exact',
    id: 'frozen',
    statement: 'Only the prompt and the head are trained, the backbone stays as it was',
    source: 'Li & Liang 4.2; property C1',
    check: checkFrozen,
  },
  {
    kind: 'exact',
    id: 'mixed-batch',
    statement: 'Samples of several users or tasks share one batch',
    source: 'Li & Liang 8.1; Lester et al. figure 2; property C2',
    check: checkMixedBatch,
  },
  {
    kind: 'exact',
    id: 'sizes',
    statement: 'Deep prompts cost parameters in every layer, those at the input only there',
    source: 'Li & Liang 7.1; Lester et al. 4; property C4',
    check: checkSizes,
  },
  {
    kind: 'exact',
    id: 'folding',
    statement: 'The MLP or LSTM that makes a prompt is dropped after training, and nothing changes',
    source: 'Li & Liang 4.3; Liu et al. 2021 3.2; property C5',
    check: checkFolding,
  },
];
