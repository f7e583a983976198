import type { InstallProgress, OnInstallProgress } from './install-progress.ts';

const stageWords = {
  wait: 'waiting for another process',
  download: 'downloading',
  extract: 'unpacking',
  compile: 'compiling the addon',
  check: 'checking',
} as const;

/** What a person reads of an install's progress. */
export function progressText(label: string, { stage, percent }: InstallProgress): string {
  return `${label} ${String(percent).padStart(3)} % (${stageWords[stage]})`;
}

/** Shows an install on one line of a terminal that is rewritten in place, and nothing elsewhere. */
export function progressLine(
  stream: { readonly isTTY: boolean; write(text: string): unknown },
  label: string,
): { readonly show: OnInstallProgress; clear(): void } {
  let shown = '';
  const write = (text: string) => {
    if (!stream.isTTY || text === shown) return;
    stream.write(`\r\u001b[K${text}`);
    shown = text;
  };
  return { show: (progress) => write(progressText(label, progress)), clear: () => write('') };
}
