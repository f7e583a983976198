import { installEngine } from '../install/install-engine.ts';
import type { InstallProgress } from '../install/install-progress.ts';
import { progressLine, progressText } from '../install/progress-line.ts';
import { type EngineVariant, planEngine } from '../plan/engine-plan.ts';
import { thisMachine } from '../plan/machine.ts';
import type { Terminal } from './terminal.ts';

const stepPercent = 10;

export async function install(variant: EngineVariant, terminal: Terminal): Promise<void> {
  const plan = planEngine(thisMachine(), variant);
  const label = `TensorFlow ${plan.version} (${variant})`;
  const line = progressLine({ isTTY: terminal.isLive, write: terminal.error }, label);
  const show = terminal.isLive ? line.show : plainSteps(label, terminal);
  const installed = await installEngine(plan, { onProgress: show }).finally(line.clear);
  terminal.write(`${label} is installed in ${installed.folder}\n`);
}

/** Without a terminal: a line at each stage and each tenth of the way. */
function plainSteps(label: string, terminal: Terminal): (progress: InstallProgress) => void {
  let shown = '';
  return (progress) => {
    const step = `${progress.stage} ${Math.floor(progress.percent / stepPercent)}`;
    if (step !== shown) terminal.error(`${progressText(label, progress)}\n`);
    shown = step;
  };
}
