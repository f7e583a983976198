import type { Backbone } from '../backbone/backbone.ts';
import { PtlError } from '../contract/errors.ts';
import type { TaskKind } from '../contract/method.ts';
import type { HeadGeometry } from '../task/head.ts';

/**
 * The head that a backbone's family uses for a task.
 *
 * @throws {@link PtlError} `BACKBONE_UNSUPPORTED` if it cannot do that task.
 */
export function headFor({ heads, geometry }: Backbone, kind: TaskKind): HeadGeometry {
  const head = heads[kind];
  if (head) return head;
  const able = Object.keys(heads).join(', ');
  const reason = `a ${geometry.family} ${geometry.architecture} can do ${able} only`;
  const message = `"${geometry.id}" cannot be used for ${kind}: ${reason}.`;
  throw new PtlError('BACKBONE_UNSUPPORTED', message, { source: geometry.id, reason });
}
