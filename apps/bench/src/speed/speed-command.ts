import { mkdir, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import {
  type Backbone,
  defaultBackbone,
  isPtlError,
  loadBackbone,
  type Precision,
  PtlError,
} from '@ptl/core';
import { type EngineReport, useEngine } from '@ptl/node';
import { Command } from 'commander';
import { parseNames } from '../cli/list-option.ts';
import type { Terminal } from '../cli/terminal.ts';
import { startPeft } from './peft-process.ts';
import { kernelCounts } from './sections/kernel-counts.ts';
import { mixedAdapters } from './sections/mixed-adapters.ts';
import { mixedEpoch } from './sections/mixed-epoch.ts';
import { processes } from './sections/processes.ts';
import { scaling } from './sections/scaling.ts';
import { stepTimes } from './sections/step-times.ts';
import { topLayers } from './sections/top-layers.ts';
import { wasmStep } from './sections/wasm-step.ts';
import type { SpeedContext } from './speed-context.ts';
import { speedPage } from './speed-page.ts';
import { addRecords } from './speed-record.ts';
import { type SpeedTable, tableText } from './speed-table.ts';
import { sizesOf } from './work.ts';

/** The parts, in the order in which they are measured: WebAssembly takes the engine's place. */
const parts: Readonly<Record<string, (context: SpeedContext) => Promise<SpeedTable>>> = {
  steps: stepTimes,
  epoch: mixedEpoch,
  processes,
  scaling,
  adapters: mixedAdapters,
  layers: topLayers,
  kernels: kernelCounts,
  wasm: wasmStep,
};

interface SpeedOptions {
  readonly backbone: string;
  readonly peft?: string;
  readonly only?: readonly string[];
  readonly data?: string;
  readonly out?: string;
  readonly quick: boolean;
}

interface MeasuredPart {
  readonly part: string;
  /** What was measured with, and when. */
  readonly made: string;
  readonly table: SpeedTable;
}

/** The command `speed`. */
export function speedCommand(terminal: Terminal): Command {
  return new Command('speed')
    .description(
      'measures how fast PTL is: steps, epochs, memory, start-up, scaling, many adapters',
    )
    .option('--backbone <source>', 'folder, npm package or hub id', defaultBackbone)
    .option('--peft <python>', 'measures PEFT beside it, with a Python that has peft and torch')
    .option('--only <parts>', `of ${Object.keys(parts).join(', ')}; all if absent`, parseNames)
    .option('--data <folder>', 'takes sentences from a data folder in place of the built-in ones')
    .option('--out <folder>', 'writes performance.md and its pictures there')
    .option('--quick', 'the smallest of each part only, fewer repetitions', false)
    .configureOutput({ writeOut: terminal.write, writeErr: terminal.error })
    .exitOverride()
    .action((options: SpeedOptions) => measure(options, terminal));
}

async function measure(options: SpeedOptions, terminal: Terminal): Promise<void> {
  const chosen = options.only ?? Object.keys(parts);
  for (const part of chosen) requirePart(part);
  const engine = await useEngine({ onMessage: (line) => terminal.error(`${line}\n`) });
  const backbones = new LoadedBackbones(options.backbone);
  const backbone = await backbones.get('float32');
  if (!backbone) throw new TypeError('Every engine has float32.');
  const sizes = sizesOf(backbone, engine.threads);
  const { peft: python, backbone: source } = options;
  await using peft = python === undefined ? null : await startPeft(python, sizes, source);
  const context: SpeedContext = {
    source,
    backbone,
    backboneIn: (precision) => backbones.get(precision),
    sizes,
    peft,
    python: python ?? null,
    isQuick: options.quick,
    data: options.data ?? null,
    say: (line) => terminal.error(`  ${line}\n`),
  };
  const made = versions(engine, peft);
  for (const part of chosen) {
    const table = await parts[part]?.(context);
    if (table) await show({ part, made, table }, options.out, terminal);
  }
}

async function show(
  measured: MeasuredPart,
  out: string | undefined,
  terminal: Terminal,
): Promise<void> {
  terminal.write(tableText(measured.table));
  if (out !== undefined) await writePart(out, measured);
}

/** What was measured, in one sentence. */
function versions(engine: EngineReport, peft: { readonly description: string } | null): string {
  const own = `PTL on ${engine.engine} ${engine.version}, ${engine.device}, ${engine.threads} threads, Node ${process.version}`;
  const day = new Date().toISOString().slice(0, 10);
  const processor = cpus()[0]?.model.trim() ?? 'an unknown processor';
  return `${peft ? `${own}; ${peft.description}` : own}; ${processor}; ${day}.`;
}

/** Writes the page with a part measured anew, so that nothing is lost if a later one fails. */
async function writePart(folder: string, { part, made, table }: MeasuredPart): Promise<void> {
  await mkdir(folder, { recursive: true });
  const { picture, title, about, columns, rows } = table;
  const stored = {
    title,
    about,
    columns: [...columns],
    rows: rows.map((row) => [...row]),
    ...(picture && { picture: { file: picture.file } }),
  };
  const path = join(folder, 'performance.json');
  const records = await addRecords(path, [{ part, made, table: stored }], Object.keys(parts));
  await writeFile(join(folder, 'performance.md'), speedPage(records));
  if (picture) await writeFile(join(folder, picture.file), picture.svg);
}

function requirePart(part: string): void {
  const known = Object.keys(parts);
  if (known.includes(part)) return;
  const message = `There is no part "${part}" to measure. Known: ${known.join(', ')}.`;
  throw new PtlError('CONFIG_INVALID', message, {
    subject: 'speed',
    issues: [{ path: 'only', message }],
  });
}

/** A backbone in each precision that is asked for, kept until the process ends. */
class LoadedBackbones {
  readonly #source: string;
  readonly #loaded = new Map<Precision, Backbone | null>();

  constructor(source: string) {
    this.#source = source;
  }

  /** Null where the engine does not have the precision. */
  async get(precision: Precision): Promise<Backbone | null> {
    const known = this.#loaded.get(precision);
    if (known !== undefined) return known;
    const backbone = await this.#load(precision);
    this.#loaded.set(precision, backbone);
    return backbone;
  }

  async #load(precision: Precision): Promise<Backbone | null> {
    try {
      return await loadBackbone(this.#source, { precision });
    } catch (error) {
      if (isPtlError(error, 'PRECISION_UNSUPPORTED')) return null;
      throw error;
    }
  }
}
