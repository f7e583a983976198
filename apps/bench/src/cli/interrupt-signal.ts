/** A signal that the user's Ctrl-C sets off. */
export interface InterruptSignal extends Disposable {
  readonly signal: AbortSignal;
}

/** Turns the first interrupt into a signal; the second one ends the process as ever. */
export function interruptSignal(onInterrupt: () => void): InterruptSignal {
  const controller = new AbortController();
  const interrupt = () => {
    onInterrupt();
    controller.abort();
  };
  process.once('SIGINT', interrupt);
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => void process.off('SIGINT', interrupt),
  };
}
