#!/usr/bin/env node
import '../dist/adapter-cli.js';
