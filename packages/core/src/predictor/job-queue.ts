/** Runs asynchronous jobs one after the other, in the order in which they were given. */
export class JobQueue {
  #last: Promise<unknown> = Promise.resolve();

  /** Resolves or rejects as the job does; a job that fails does not keep the next from running. */
  run<Result>(job: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(job);
    this.#last = result.catch(() => undefined);
    return result;
  }
}
