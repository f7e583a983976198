import { type Backbone, describeAdapter, loadAdapter, loadModel, type TunedModel } from '@ptl/core';

/**
 * Loads an adapter, whoever wrote it. The caller owns the result.
 *
 * @throws {@link PtlError} As `loadModel` and `loadAdapter` do.
 */
export async function openAdapter(folder: string, backbone: Backbone): Promise<TunedModel> {
  const { writer } = await describeAdapter(folder);
  return writer === 'PTL' ? loadModel(folder, { backbone }) : loadAdapter(backbone, folder);
}
