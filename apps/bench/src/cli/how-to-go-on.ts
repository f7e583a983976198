/** What to call after a call was stopped. */
export function howToGoOn(fresh: boolean): string {
  return `The same command${fresh ? ' without --fresh' : ''} goes on from there.`;
}
