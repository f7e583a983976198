import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Backbone } from '../backbone/backbone.ts';
import { type ConfigInput, type ConfigSchema, parseConfig } from '../contract/config-schema.ts';
import { createTuner } from '../contract/create-tuner.ts';
import { isPtlError, type PtlErrorDetails } from '../contract/errors.ts';
import type { TaskKind, TuningMethod } from '../contract/method.ts';
import { createContractBackbone } from './contract-backbone.ts';
import {
  type ContractCheck,
  contractChecks,
  givesOtherPromptsForOtherSeeds,
} from './contract-checks.ts';
import { testedKinds } from './tested-kinds.ts';

/** With what, and for what, a method is tested. */
export interface MethodContractOptions<Schema extends ConfigSchema> {
  readonly config: ConfigInput<Schema>;
  /**
   * Trainable scalars that the paper's formula gives for `config` on {@link createTinyBackbone},
   * without the task's head and unfrozen weights; for each kind of task where they differ.
   * `causal-language-modeling` runs on {@link createTinyDecoder}, and `sequence-to-sequence` on
   * {@link createTinyEncoderDecoder}, which has three attention sites; a method that does not serve
   * encoders is tested on one of these.
   */
  readonly parameterCount: number | Readonly<Partial<Record<TaskKind, number>>>;
  /**
   * Whether the first prompt depends on the seed. True if absent; false for one that starts from
   * constants or from values of the backbone.
   */
  readonly seeded?: boolean;
  /**
   * The kinds of task that are tested. If absent, all that the method serves and `parameterCount` is
   * given for, so that a later release may know other kinds.
   */
  readonly tasks?: readonly TaskKind[];
}

const labels: Readonly<Record<TaskKind, readonly string[]>> = {
  'sequence-classification': ['bad', 'good'],
  'token-classification': ['O', 'B-place', 'I-place', 'B-time', 'I-time'],
  'causal-language-modeling': [],
  'sequence-to-sequence': [],
  'question-answering': [],
  'multiple-choice': [],
};

/**
 * Registers the tests that every method must pass, for each kind of task it serves. Call it at the
 * top level of a test file, once for each config worth testing.
 *
 * The prompt needs two positions or more: what passes from one to the next has no gradient with one.
 */
export function describeMethodContract<Name extends string, Schema extends ConfigSchema>(
  method: TuningMethod<Name, Schema>,
  options: MethodContractOptions<Schema>,
): void {
  const { config, seeded = true } = options;
  const checks: Readonly<Record<string, ContractCheck>> = seeded
    ? { ...contractChecks, 'gives other prompts for other seeds': givesOtherPromptsForOtherSeeds }
    : contractChecks;

  describe.each(testedKinds(method, options))(
    `${method.name} ${JSON.stringify(config)} for %s`,
    (kind) => {
      let backbone: Backbone;
      beforeAll(() => {
        backbone = createContractBackbone(method, kind);
      });
      afterAll(() => backbone[Symbol.dispose]());

      it.each(Object.entries(checks))('%s', (_, check) => {
        const task = { kind, labels: labels[kind] };
        check({
          backbone,
          task: kind,
          parameterCount: countFor(options, kind),
          create: (seed) => createTuner(method, config, { backbone, task, seed }),
        });
      });
    },
  );

  it(`${method.name} has a name in kebab-case`, () => {
    expect(method.name).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
  });

  it(`${method.name} ${JSON.stringify(config)} lists every problem of a config, with hints`, () => {
    const fields = Object.keys(parseConfig(method.name, method.configSchema, config) as object);
    assertListsProblems(method, fields);
  });
}

type Counts = Pick<MethodContractOptions<ConfigSchema>, 'parameterCount'>;

function countFor({ parameterCount }: Counts, kind: TaskKind): number {
  const count = typeof parameterCount === 'number' ? parameterCount : parameterCount[kind];
  if (count === undefined) throw new TypeError(`parameterCount has no number for ${kind}.`);
  return count;
}

/** Gives each field a value that no config can have, and one field more under a name nearly right. */
function assertListsProblems(method: TuningMethod, fields: readonly string[]): void {
  const [known] = fields;
  const misspelt = `${known ?? 'field'}x`;
  const wrong = Object.fromEntries(fields.map((field) => [field, Symbol('no value')]));
  const issues = issuesOf(method, { ...wrong, [misspelt]: 1 });
  expect(issues.map(({ path }) => path)).toEqual(expect.arrayContaining([...fields, '']));
  const unknown = issues.find(({ path }) => path === '')?.message;
  expect(unknown).toContain(misspelt);
  if (known !== undefined) expect(unknown).toContain(`Did you mean "${known}"?`);
}

function issuesOf(
  { name, configSchema }: TuningMethod,
  config: unknown,
): PtlErrorDetails['CONFIG_INVALID']['issues'] {
  try {
    parseConfig(name, configSchema, config);
  } catch (error) {
    if (isPtlError(error, 'CONFIG_INVALID')) return error.details.issues;
    throw error;
  }
  return [];
}
