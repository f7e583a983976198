import { nodeFiles } from '../../files/node-files.ts';
import { realFolder } from '../../files/real-folder.ts';
import { checkReplaceable } from '../../files/replaceable.ts';
import type { TrainSettings } from '../options/train-settings.ts';
import type { EncodedExample, Trainable } from '../trainable.ts';
import type { TrainingPlan } from '../training-plan.ts';
import { Checkpoint } from './checkpoint.ts';
import { fingerprintOf } from './fingerprint.ts';
import { stateFile } from './state-files.ts';

/**
 * Makes the checkpoint that the options ask for, and finds out before training whether its folder
 * may be replaced.
 *
 * @returns Null where none is asked for.
 * @throws {@link PtlError} `FILE_WRITE_FAILED` if something else is in the folder.
 */
export async function openCheckpoint<Row, Example extends EncodedExample>(
  trainable: Trainable<Row, Example>,
  settings: TrainSettings,
  plan: TrainingPlan,
): Promise<Checkpoint | null> {
  if (!settings.checkpoint) return null;
  const { folder, every } = settings.checkpoint;
  const node = await nodeFiles();
  const names = [...(await trainable.files(null)).keys(), stateFile];
  await checkReplaceable(node, await realFolder(node, folder), names);
  const fingerprint = await fingerprintOf(settings, plan, trainable.description);
  return new Checkpoint(folder, every, fingerprint);
}
