export { type CreateMethodOptions, createMethodPackage } from './create-method-package.ts';
export { RequestError } from './request-error.ts';
export { type RunOptions, runCli } from './run-cli.ts';
