export { type Tolerance, toBeAllClose } from './all-close.ts';
export { centralDifferences } from './central-differences.ts';
export { type DescribedSchema, withConfigTable } from './config-table.ts';
export { describeMethodContract, type MethodContractOptions } from './method-contract.ts';
export {
  createTinyBackbone,
  createTinyDecoder,
  createTinyEncoderDecoder,
} from './tiny-backbone.ts';
