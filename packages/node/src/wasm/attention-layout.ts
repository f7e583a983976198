import type { NamedAttrMap, NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs';
import { floatInput, requireShape } from './require-shape.ts';

/** Inputs of attention, checked, and how they lie. */
export interface AttentionLayout {
  readonly tensors: AttentionTensors;
  readonly batch: number;
  readonly queries: number;
  readonly keys: number;
  readonly heads: number;
  readonly keyHeads: number;
  readonly headSize: number;
  readonly prefix: number;
  readonly isCausal: boolean;
  /** Whether rows of queries hold keys and values behind them. */
  readonly isPacked: boolean;
  /** Whether all rows of the batch have the same prefix. */
  readonly isPrefixShared: boolean;
}

const names = [
  'query',
  'queryBias',
  'keyValue',
  'keyValueBias',
  'prefixKeys',
  'prefixValues',
  'mask',
] as const;

type AttentionTensors = Readonly<Record<(typeof names)[number], TensorInfo>>;

/** @throws RangeError or TypeError if inputs of attention do not fit together. */
export function attentionLayout(
  inputs: NamedTensorInfoMap,
  attributes: NamedAttrMap,
): AttentionLayout {
  const tensors = Object.fromEntries(
    names.map((name) => [name, floatInput(inputs, name)]),
  ) as AttentionTensors; // One for each name.
  const { batch, heads, keyHeads, headSize } = sizesOf(attributes);
  const [queryRows = 0, queryWidth = 0] = tensors.query.shape;
  const [keyRows = 0] = tensors.keyValue.shape;
  const isPacked = queryWidth === (heads + 2 * keyHeads) * headSize;
  const [prefixRows, , prefix = 0] = tensors.prefixKeys.shape;
  const layout: AttentionLayout = {
    ...{ tensors, batch, heads, keyHeads, headSize, prefix, isPacked },
    queries: Math.floor(queryRows / batch),
    keys: Math.floor(keyRows / batch),
    isCausal: attributes['causal'] === true,
    isPrefixShared: prefixRows === 1,
  };
  requireShapes(layout);
  return layout;
}

function sizesOf(attributes: NamedAttrMap) {
  const [batch = 0, heads = 0, keyHeads = 0, headSize = 0] = [
    'batch',
    'heads',
    'keyHeads',
    'headSize',
  ].map((name) => Number(attributes[name]));
  if (batch > 0 && headSize > 0 && keyHeads > 0 && heads > 0 && heads % keyHeads === 0)
    return { batch, heads, keyHeads, headSize };
  throw new RangeError(
    `batch ${batch}, heads ${heads}, keyHeads ${keyHeads} and headSize ${headSize} do not fit together.`,
  );
}

function requireShapes(layout: AttentionLayout): void {
  const { tensors, batch, queries, keys, heads, keyHeads, headSize, prefix } = layout;
  const keyValueWidth = 2 * keyHeads * headSize;
  const extra = layout.isPacked ? heads * headSize : 0;
  const queryWidth = heads * headSize + (layout.isPacked ? keyValueWidth : 0);
  requireShape('query', tensors.query, [batch * queries, queryWidth]);
  requireShape('keyValue', tensors.keyValue, [batch * keys, extra + keyValueWidth]);
  requireUnlessEmpty('queryBias', tensors.queryBias, [queryWidth]);
  requireUnlessEmpty('keyValueBias', tensors.keyValueBias, [extra + keyValueWidth]);
  const own = [layout.isPrefixShared ? 1 : batch, keyHeads, prefix, headSize];
  requireShape('prefixKeys', tensors.prefixKeys, own);
  requireShape('prefixValues', tensors.prefixValues, own);
  const masked = tensors.mask.shape.reduce((product, size) => product * size, 1);
  if (masked > 0 && masked !== batch * (prefix + keys))
    requireShape('mask', tensors.mask, [batch, prefix + keys]);
  if (prefix + keys === 0 || (layout.isCausal && keys < queries))
    throw new RangeError(
      `${queries} queries of ${keys} keys and a prefix of ${prefix}: one sees no position.`,
    );
}

function requireUnlessEmpty(name: string, info: TensorInfo, expected: readonly number[]): void {
  if (!info.shape.includes(0)) requireShape(name, info, expected);
}
