#!/usr/bin/env node
import './setup/require-node.mjs';

const { runBench } = await import('./setup/run-bench.mjs');
process.exitCode = await runBench(process.argv.slice(2));
