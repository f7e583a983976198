import type { Claim } from '../claim.ts';
import { exactClaims } from '../exact/exact-claims.ts';
import { depthClaims } from './depth.ts';
import { encoderClaims } from './encoder.ts';
import { joiningClaims } from './joining.ts';
import { keepingClaims } from './keeping.ts';
import { lengthClaims } from './length.ts';
import { placeClaims } from './place.ts';
import { rivalClaims } from './rivals.ts';
import { startClaims } from './start.ts';
import { wordClaims } from './words.ts';

/** Every claim that can be tried, in the order in which it is shown. */
export const claims: readonly Claim[] = [
  ...depthClaims,
  ...rivalClaims,
  ...lengthClaims,
  ...encoderClaims,
  ...startClaims,
  ...placeClaims,
  ...keepingClaims,
  ...joiningClaims,
  ...wordClaims,
  ...exactClaims,
];
