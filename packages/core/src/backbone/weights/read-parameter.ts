import { PtlError } from '../../contract/errors.ts';
import type { BackboneParameter } from '../../contract/frozen-backbone.ts';
import type { Weights } from './weights.ts';

/**
 * The name under which a checkpoint has a parameter: task models put a prefix before the names, and
 * some early checkpoints say gamma and beta.
 */
export function findParameter(source: Weights, name: string, prefix: string): string | undefined {
  const old = name
    .replace(/LayerNorm.weight$/, 'LayerNorm.gamma')
    .replace(/LayerNorm.bias$/, 'LayerNorm.beta');
  return [name, prefix + name, old, prefix + old].find((candidate) => source.has(candidate));
}

/**
 * Where the checkpoint has a parameter: the name of its tensor, which has the right shape.
 *
 * @param prefix - What task models of the family put before its name.
 * @throws {@link PtlError} `BACKBONE_UNSUPPORTED` if it is missing, `SHAPE_MISMATCH` if it is of
 *   another shape.
 */
export function locateParameter(
  source: Weights,
  { name, shape }: BackboneParameter,
  prefix: string,
  id: string,
): string {
  const stored = findParameter(source, name, prefix) ?? name;
  if (!source.has(stored)) {
    const reason = `its weights lack "${name}" of shape [${shape.join(', ')}]`;
    throw new PtlError('BACKBONE_UNSUPPORTED', `"${id}" cannot be loaded: ${reason}.`, {
      source: id,
      reason,
    });
  }
  const actual = source.shape(stored);
  if (actual.join() !== shape.join()) {
    const [expected, found] = [`[${shape.join(', ')}]`, `[${actual.join(', ')}]`];
    const message = `"${stored}" of "${id}" has shape ${found}; its config.json says ${expected}.`;
    throw new PtlError('SHAPE_MISMATCH', message, { tensor: stored, expected, actual: found });
  }
  return stored;
}
