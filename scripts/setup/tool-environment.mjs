import { delimiter, join } from 'node:path';
import { root } from '../workspace/root.mjs';

/**
 * The environment in which the workspace's tools run: the installed binaries and pnpm come first on the path, and
 * nothing reports usage or looks for updates.
 */
export function toolEnvironment(pnpmDirectory) {
  // `npm test --silent` would silence every npm below it, errors included.
  const { npm_config_loglevel: _silent, ...inherited } = process.env;
  return {
    ...inherited,
    PATH: [join(root, 'node_modules', '.bin'), pnpmDirectory, inherited.PATH].join(delimiter),
    DO_NOT_TRACK: '1',
    NO_UPDATE_NOTIFIER: '1',
    npm_config_update_notifier: 'false',
    TURBO_TELEMETRY_DISABLED: '1',
    TURBO_NO_UPDATE_NOTIFIER: '1',
    ...(process.stdout.isTTY ? {} : { NO_COLOR: '1', FORCE_COLOR: undefined }),
  };
}
