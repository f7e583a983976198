import type { EvaluationRecord, TrainEvent } from './events.ts';

/** Where progress goes: a terminal, whose last line can be written again, or a file. */
export interface ProgressOutput {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** Standard error where there is one; in a browser progress goes nowhere. */
export function processOutput(): ProgressOutput {
  return globalThis.process?.stderr ?? { write: () => undefined };
}

const barWidth = 24;
/** Time between two drawings of the bar. */
const redrawMs = 100;
const clearLine = '\r\u001b[2K';

/** Shows how a run goes on: a bar on a terminal, else a line for each evaluation. */
export class ProgressReporter {
  readonly #output: ProgressOutput;
  readonly #bar: boolean;
  #drawnAt = 0;
  #loss = 0;

  constructor(output: ProgressOutput, mode: 'auto' | 'bar' | 'lines') {
    this.#output = output;
    this.#bar = mode === 'bar' || (mode === 'auto' && output.isTTY === true);
  }

  show(event: TrainEvent): void {
    if (event.type === 'step') this.#showStep(event);
    if (event.type === 'evaluation') this.#showLine(evaluationLine(event));
    if (event.type === 'end') this.#showLine(endLine(event));
  }

  #showStep(event: Extract<TrainEvent, { type: 'step' }>): void {
    // A moving mean, since single batches jump.
    this.#loss = this.#loss === 0 ? event.loss : 0.9 * this.#loss + 0.1 * event.loss;
    const now = Date.now();
    if (!this.#bar || now - this.#drawnAt < redrawMs) return;
    this.#drawnAt = now;
    const done = Math.round((barWidth * event.step) / event.totalSteps);
    const bar = '█'.repeat(done).padEnd(barWidth, '░');
    const parts = [
      `${bar} ${event.step}/${event.totalSteps}`,
      `loss ${this.#loss.toFixed(4)}`,
      `${event.rowsPerSecond.toFixed(0)} rows/s`,
      `${formatSeconds(event.secondsLeft)} left`,
    ];
    this.#output.write(clearLine + parts.join('  '));
  }

  #showLine(line: string): void {
    this.#output.write(`${this.#bar ? clearLine : ''}${line}\n`);
  }
}

function evaluationLine({
  epoch,
  step,
  trainLoss,
  validationLoss,
  scores,
}: EvaluationRecord): string {
  const parts = [`epoch ${epoch.toFixed(1)}`, `step ${step}`, `loss ${trainLoss.toFixed(4)}`];
  if (validationLoss !== null) parts.push(`validation loss ${validationLoss.toFixed(4)}`);
  for (const [name, value] of Object.entries(scores)) parts.push(`${name} ${value.toFixed(4)}`);
  return parts.join('  ');
}

function endLine({ steps, stoppedBy, milliseconds }: Extract<TrainEvent, { type: 'end' }>): string {
  const why = { epochs: '', 'max-steps': '', 'early-stopping': ', stopped early' }[stoppedBy];
  return `trained ${steps} steps in ${formatSeconds(milliseconds / 1000)}${why}`;
}

/** Such as `42 s` or `3 min 05 s`. */
function formatSeconds(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
}
