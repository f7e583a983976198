/** What was asked for cannot be made. This package stands alone, so that it is not a `PtlError`. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
}
