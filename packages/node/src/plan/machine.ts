/** The facts that decide which build of TensorFlow fits. */
export interface Machine {
  readonly platform: string;
  readonly arch: string;
  /** Version of the GNU C library, e.g. `2.36`; none on macOS and on musl systems. */
  readonly glibc?: string | undefined;
}

export function thisMachine(): Machine {
  return { platform: process.platform, arch: process.arch, glibc: glibcVersion() };
}

function glibcVersion(): string | undefined {
  if (process.platform !== 'linux') return undefined;
  // Node's report would otherwise look up the host name of every open socket.
  Object.assign(process.report, { excludeNetwork: true });
  const report: unknown = process.report.getReport();
  const header = isRecord(report) ? report['header'] : undefined;
  const version = isRecord(header) ? header['glibcVersionRuntime'] : undefined;
  return typeof version === 'string' ? version : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
