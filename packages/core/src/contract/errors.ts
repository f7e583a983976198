const brand = Symbol.for('ptl.error');

/** One problem found in a config. */
export interface ConfigIssue {
  /** Dotted path to the offending field, e.g. `reparameterization.hiddenSize`. Empty for the root. */
  readonly path: string;
  readonly message: string;
}

/**
 * Maps each error code to the facts that come with it.
 *
 * The interface is open: a plugin adds its own codes by declaration merging.
 * Codes are public API and are never renamed within a major version; `docs/errors.md` has a
 * paragraph on each.
 */
export interface PtlErrorDetails {
  ADAPTER_DUPLICATE: { readonly adapter: string };
  ADAPTER_UNKNOWN: { readonly adapter: string; readonly known: readonly string[] };
  /** Training was cancelled through its AbortSignal. */
  ABORTED: { readonly step: number };
  BACKBONE_MISMATCH: { readonly expected: string; readonly actual: string };
  BACKBONE_NOT_FOUND: { readonly source: string; readonly tried: readonly string[] };
  BACKBONE_UNSUPPORTED: { readonly source: string; readonly reason: string };
  CHECKPOINT_INVALID: { readonly folder: string; readonly reason: string };
  CONFIG_INVALID: { readonly subject: string; readonly issues: readonly ConfigIssue[] };
  DATA_SET_UNKNOWN: { readonly dataSet: string; readonly known: readonly string[] };
  DOWNLOAD_FAILED: { readonly source: string; readonly reason: string };
  FILE_INVALID: { readonly file: string; readonly reason: string; readonly line?: number };
  FILE_NOT_FOUND: { readonly file: string };
  FILE_WRITE_FAILED: { readonly file: string; readonly reason: string };
  LABEL_UNKNOWN: { readonly label: string; readonly known: readonly string[] };
  LOSS_NOT_FINITE: { readonly step: number; readonly loss: number };
  METHOD_DUPLICATE: { readonly method: string };
  METHOD_INCOMPATIBLE: {
    readonly method: string;
    readonly backbone: string;
    readonly reason: string;
  };
  METHOD_UNKNOWN: { readonly method: string; readonly known: readonly string[] };
  METHOD_VERSION_UNSUPPORTED: {
    readonly method: string;
    /** Whatever the method has there. */
    readonly apiVersion: unknown;
    readonly supported: readonly number[];
  };
  /** Something that only Node offers was asked for elsewhere. */
  NODE_REQUIRED: { readonly subject: string };
  PEFT_INEXPRESSIBLE: { readonly folder: string; readonly reason: string };
  PRECISION_UNSUPPORTED: {
    readonly precision: string;
    readonly engine: string;
    readonly reason: string;
  };
  ROW_INVALID: { readonly row: number; readonly reason: string };
  ROW_TOO_LONG: { readonly positions: number; readonly available: number };
  SHAPE_MISMATCH: { readonly tensor: string; readonly expected: string; readonly actual: string };
  TEMPLATE_INVALID: { readonly template: string; readonly position: number };
  TOKENIZER_MISMATCH: { readonly tokenizer: number; readonly backbone: number };
  TUNER_DISPOSED: { readonly tuner: string };
}

/** Codes of core, and those that other packages add to {@link PtlErrorDetails}. */
export type PtlErrorCode = keyof PtlErrorDetails;

/** The only error class PTL throws on purpose. Anything else that escapes is a bug. */
export class PtlError<Code extends PtlErrorCode = PtlErrorCode> extends Error {
  override readonly name = 'PtlError';
  readonly code: Code;
  readonly details: PtlErrorDetails[Code];
  /** Survives duplicate installs and realms, where `instanceof` does not. */
  readonly [brand] = true;

  constructor(code: Code, message: string, details: PtlErrorDetails[Code], options?: ErrorOptions) {
    super(`[${code}] ${message}`, options);
    this.code = code;
    this.details = details;
  }
}

/** Narrows an unknown value to a {@link PtlError}, optionally one with the given code. */
export function isPtlError<Code extends PtlErrorCode = PtlErrorCode>(
  value: unknown,
  code?: Code,
): value is PtlError<Code> {
  const branded = typeof value === 'object' && value !== null && brand in value;
  return branded && (code === undefined || (value as PtlError).code === code);
}
