#!/usr/bin/env node
import './setup/require-node.mjs';

const { userArguments } = await import('./terminal/user-arguments.mjs');
const { runApp } = await import('./setup/run-app.mjs');
process.exitCode = await runApp('parity', userArguments());
