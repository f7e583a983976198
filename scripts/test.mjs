#!/usr/bin/env node
import './setup/require-node.mjs';

const { userArguments } = await import('./terminal/user-arguments.mjs');
const { runTests } = await import('./test/run-tests.mjs');
process.exitCode = await runTests(userArguments());
