import type { Observer } from '../observer.ts';
import type { StepEvent, TrainEvent } from '../train-event.ts';
import type { Output } from './create-display.ts';
import { describeEvent, describeStep } from './describe-event.ts';

const barWidth = 24;
const defaultColumns = 80;
/** Time between two drawings. */
const pauseMs = 100;
/** Returns to the start of the line and clears it. */
const clear = '\r\u001b[K';

/** One line on a terminal that is drawn again and again; evaluations stay above it. */
export class ProgressBar implements Observer {
  readonly #output: Output;
  #drawn = Number.NEGATIVE_INFINITY;

  constructor(output: Output) {
    this.#output = output;
  }

  handle(event: TrainEvent): void {
    const line = describeEvent(event);
    if (line !== undefined) this.#output.write(`${clear}${line}\n`);
    const isDue = performance.now() - this.#drawn >= pauseMs;
    if (event.type !== 'step' || !isDue) return;
    this.#drawn = performance.now();
    this.#output.write(clear + this.#draw(event));
  }

  /** Leaves a line of its own to whoever writes next, also after an error. */
  close(): void {
    this.#output.write(clear);
  }

  #draw(event: StepEvent): string {
    const filled = Math.round((barWidth * event.step) / event.totalSteps);
    const bar = '█'.repeat(filled) + '░'.repeat(barWidth - filled);
    const columns = this.#output.columns ?? defaultColumns;
    // A line that wraps could not be drawn over.
    return `${bar}  ${describeStep(event)}`.slice(0, columns - 1);
  }
}
