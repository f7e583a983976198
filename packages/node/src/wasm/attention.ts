import type { NamedAttrMap, NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs';
import { type AttentionLayout, attentionLayout } from './attention-layout.ts';
import { floatInput, requireShape } from './require-shape.ts';
import type { Output, SharedBackend } from './shared-backend.ts';

/** Addresses of what a call writes, or of what its gradient reads and writes. */
interface Places {
  readonly output: number;
  readonly logSums: number;
  readonly query?: number;
  readonly keyValue?: number;
  readonly prefixKeys?: number;
  readonly prefixValues?: number;
}

/** `PtlAttention`. */
export function attention(
  backend: SharedBackend,
  inputs: NamedTensorInfoMap,
  attributes: NamedAttrMap,
): TensorInfo[] {
  const layout = attentionLayout(inputs, attributes);
  const { batch, queries, heads, headSize } = layout;
  const output = backend.output([batch * queries, heads * headSize]);
  const logSums = backend.output([batch, heads, queries]);
  const places = { output: output.address, logSums: logSums.address };
  compute(backend, 'attention', layout, places);
  return [output.info, logSums.info];
}

/** `PtlAttentionGrad`. */
export function attentionGradient(
  backend: SharedBackend,
  inputs: NamedTensorInfoMap,
  attributes: NamedAttrMap,
): TensorInfo[] {
  const layout = attentionLayout(inputs, attributes);
  const { batch, queries, heads, headSize, tensors, isPacked } = layout;
  const dy = floatInput(inputs, 'dy');
  requireShape('dy', dy, [batch * queries, heads * headSize]);
  const logSums = floatInput(inputs, 'logSums');
  requireShape('logSums', logSums, [batch, heads, queries]);
  const query = backend.output(tensors.query.shape);
  const keyValue = isPacked
    ? backend.output([0, tensors.keyValue.shape[1] ?? 0])
    : backend.output(tensors.keyValue.shape);
  const [keys, values] = [tensors.prefixKeys, tensors.prefixValues].map(({ shape }) =>
    backend.output(shape),
  ) as [Output, Output]; // One for each.
  const rows = {
    output: backend.addressOf(dy),
    logSums: backend.addressOf(logSums),
    query: query.address,
    keyValue: isPacked ? query.address : keyValue.address,
  };
  computeGradient(backend, layout, rows, [keys, values]);
  return [query, keyValue, keys, values].map(({ info }) => info);
}

/** Rows that share a prefix write their parts apart, so that the sum never depends on the threads. */
function computeGradient(
  backend: SharedBackend,
  layout: AttentionLayout,
  rows: Places,
  [keys, values]: readonly [Output, Output],
): void {
  const { batch, keyHeads, prefix, headSize, isPrefixShared } = layout;
  const width = keyHeads * prefix * headSize;
  if (!isPrefixShared || width === 0) {
    const places = { ...rows, prefixKeys: keys.address, prefixValues: values.address };
    compute(backend, 'attentionGradient', layout, places);
    return;
  }
  const parts = [keys, values].map(() => backend.output([batch, width])) as [Output, Output];
  const [prefixKeys, prefixValues] = [parts[0].address, parts[1].address];
  compute(backend, 'attentionGradient', layout, { ...rows, prefixKeys, prefixValues });
  for (const [part, sum] of [
    [prefixKeys, keys.address],
    [prefixValues, values.address],
  ] as const) {
    const call = [part, sum, batch, width];
    backend.kernels.run('sumRows', { call, units: width, unitWork: batch });
  }
  for (const { info } of parts) backend.disposeData(info.dataId);
}

function compute(
  backend: SharedBackend,
  kernel: 'attention' | 'attentionGradient',
  layout: AttentionLayout,
  places: Places,
): void {
  const { batch, queries, keys, heads, keyHeads, headSize, prefix } = layout;
  const positions = prefix + keys;
  const floats = backend.kernels.sizes.attentionScratch(headSize, positions);
  const products = kernel === 'attention' ? 2 : 5;
  const unitWork = (products * (heads / keyHeads) * queries * positions * headSize) | 0;
  backend.kernels.withScratch(floats, (scratch) => {
    const call = [...fieldsOf(backend, layout, places), scratch];
    backend.kernels.run(kernel, { call, units: batch * keyHeads, unitWork });
  });
}

/** The fields of `AttentionCall` but for the last one. */
function fieldsOf(backend: SharedBackend, layout: AttentionLayout, places: Places): number[] {
  const { batch, queries, keys, heads, keyHeads, headSize, prefix, tensors } = layout;
  const { query, queryBias, keyValue, keyValueBias, prefixKeys, prefixValues, mask } = tensors;
  const first = layout.isPacked ? heads * headSize : 0;
  const at = (info: TensorInfo): number => backend.addressOf(info);
  return [
    ...[batch, queries, keys, heads, keyHeads, headSize, prefix, Number(layout.isCausal)],
    ...[0, first, first + keyHeads * headSize],
    ...[at(query), at(queryBias), query.shape[1] ?? 0],
    ...[at(keyValue), at(keyValueBias), keyValue.shape[1] ?? 0],
    ...[at(prefixKeys), at(prefixValues), layout.isPrefixShared ? 0 : keyHeads * prefix * headSize],
    ...[at(mask), places.output, places.logSums],
    ...[places.query ?? 0, places.keyValue ?? 0, places.prefixKeys ?? 0, places.prefixValues ?? 0],
  ];
}
