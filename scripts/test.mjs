#!/usr/bin/env node
import './setup/require-node.mjs';

const { runTests } = await import('./test/run-tests.mjs');
process.exitCode = await runTests(process.argv.slice(2));
