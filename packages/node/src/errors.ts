declare module '@ptl/core' {
  interface PtlErrorDetails {
    /** An engine was named that PTL does not know. */
    ENGINE_UNKNOWN: { readonly engine: string; readonly known: readonly string[] };
    /** An engine was asked for by name and cannot be had on this machine. */
    ENGINE_UNAVAILABLE: { readonly engine: string; readonly reason: string };
    /** Fetching, unpacking, compiling or checking the TensorFlow engine failed. */
    ENGINE_INSTALL_FAILED: { readonly stage: string; readonly reason: string };
  }
}

/** The codes this package adds to core's. */
export const engineErrorCodes = [
  'ENGINE_UNKNOWN',
  'ENGINE_UNAVAILABLE',
  'ENGINE_INSTALL_FAILED',
] as const;
