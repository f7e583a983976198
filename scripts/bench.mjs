#!/usr/bin/env node
import './setup/require-node.mjs';

const { userArguments } = await import('./terminal/user-arguments.mjs');
const { runBench } = await import('./setup/run-bench.mjs');
process.exitCode = await runBench(userArguments());
