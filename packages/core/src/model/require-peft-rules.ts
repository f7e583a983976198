import type { Semantics } from '../backbone/backbone.ts';
import { isPeftTask } from '../checkpoint/parse-peft-config.ts';
import { invalidOption } from '../contract/invalid-option.ts';
import type { TaskKind } from '../contract/method.ts';

/** @throws {@link PtlError} `CONFIG_INVALID` for PEFT's rules on a task that PEFT has none for. */
export function requirePeftRules(subject: string, semantics: Semantics, kind: TaskKind): void {
  if (semantics === 'ptl' || isPeftTask(kind)) return;
  throw invalidOption(subject, 'semantics', `PEFT has no task type for ${kind}.`);
}
