export {
  type ConfigIssue,
  isPtlError,
  PtlError,
  type PtlErrorCode,
  type PtlErrorDetails,
} from './contract/errors.ts';
export { nearestName, suggestName } from './contract/nearest.ts';
