import { runAdapterCli } from './cli/run-adapter-cli.ts';

process.exitCode = await runAdapterCli(process.argv.slice(2));
