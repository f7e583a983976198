/** How the learning rate moves over a run; names and curves are those of Transformers. */
export type Schedule =
  | { readonly name: 'constant' }
  /** To zero at the last step. */
  | { readonly name: 'linear' }
  /** Half a cosine to zero at the last step. */
  | { readonly name: 'cosine' }
  /** Times `rate` after each epoch, as P-tuning v2 does for tagging and spans. */
  | { readonly name: 'exponential'; readonly rate: number };

export interface SchedulePlace {
  /** Updates made before this one. */
  readonly step: number;
  readonly totalSteps: number;
  readonly stepsPerEpoch: number;
  /** Updates over which the rate rises linearly from zero. */
  readonly warmupSteps: number;
}

/**
 * The factor on the learning rate for one update, in [0, 1].
 *
 * @see `get_linear_schedule_with_warmup` and `get_cosine_schedule_with_warmup` of Transformers
 */
export function scheduleFactor(schedule: Schedule, place: SchedulePlace): number {
  const { step, totalSteps, stepsPerEpoch, warmupSteps } = place;
  if (step < warmupSteps) return step / Math.max(1, warmupSteps);
  const progress = (step - warmupSteps) / Math.max(1, totalSteps - warmupSteps);
  switch (schedule.name) {
    case 'constant':
      return 1;
    case 'linear':
      return Math.max(0, 1 - progress);
    case 'cosine':
      return Math.max(0, 0.5 * (1 + Math.cos(Math.PI * progress)));
    case 'exponential':
      return schedule.rate ** Math.floor(step / stepsPerEpoch);
  }
}
