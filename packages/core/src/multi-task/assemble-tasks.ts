import type { ConfigInput, ConfigSchema } from '../contract/config-schema.ts';
import { invalidOption } from '../contract/invalid-option.ts';
import type { Tuner } from '../contract/method.ts';
import { deriveSeed } from '../contract/seed.ts';
import { VariableStore } from '../contract/variable-store.ts';
import { createHead } from '../model/create-head.ts';
import { createPrompt, type OwnedPrompt, unfreeze } from '../model/create-prompt.ts';
import { requirePeftRules } from '../model/require-peft-rules.ts';
import { TunedModel } from '../model/tuned-model.ts';
import type { Task } from '../task/task.ts';
import { JoinedTuner } from './joined-tuner.ts';
import type { SharedParts, TaskMember } from './multi-task-model.ts';
import { type CreateMultiTaskModelOptions, subject } from './multi-task-options.ts';
import type { TaskMap } from './multi-task-row.ts';
import { kindsOf, sharedTask } from './shared-task.ts';

/** Makes the parts of a model of several tasks, over and over with the same initial values. */
export class TaskAssembly<Tasks extends TaskMap, Name extends string, Schema extends ConfigSchema> {
  readonly #options: CreateMultiTaskModelOptions<Tasks, Name, Schema>;
  readonly #seed: number;

  constructor(options: CreateMultiTaskModelOptions<Tasks, Name, Schema>) {
    this.#options = options;
    this.#seed = options.seed ?? 0;
  }

  /** @throws {@link PtlError} `CONFIG_INVALID` if it would be another for another kind of task. */
  shared(): SharedParts {
    const { backbone, tasks } = this.#options;
    const [first = 'sequence-classification', ...others] = kindsOf(tasks);
    const create = (kind: typeof first): OwnedPrompt =>
      createPrompt(this.#options, sharedTask(tasks, kind), this.#seed);
    const prompt = create(first);
    try {
      for (const kind of others) {
        using other = create(kind).tuner;
        assertSamePrompt({ [first]: prompt.tuner, [kind]: other });
      }
      const unfrozen = unfreeze(backbone, prompt.tuner);
      const dispose = (): void => {
        prompt.tuner[Symbol.dispose]();
        unfrozen[Symbol.dispose]();
      };
      return { ...prompt, unfrozen, [Symbol.dispose]: dispose };
    } catch (error) {
      prompt.tuner[Symbol.dispose]();
      throw error;
    }
  }

  /** A task of the model whose shared parts are given; they are borrowed. */
  member(name: string, shared: SharedParts): TaskMember {
    const task = this.#options.tasks[name];
    if (!task) throw new RangeError(`There is no task "${name}".`);
    const own = this.#own(name, task);
    const weight = this.#options.lossWeights?.[name] ?? 1;
    try {
      return { model: this.#model(name, task, shared, own), own: own?.tuner ?? null, weight };
    } catch (error) {
      own?.tuner[Symbol.dispose]();
      throw error;
    }
  }

  /** A model of one task that owns all its parts. */
  taskModel(name: string): TunedModel {
    const shared = this.shared();
    try {
      return this.member(name, shared).model;
    } catch (error) {
      shared[Symbol.dispose]();
      throw error;
    }
  }

  /** The part of the prompt that a task has for itself. */
  #own(name: string, task: Task): OwnedPrompt | null {
    const { backbone, method, config, taskPrompt } = this.#options;
    if (!taskPrompt) return null;
    if (!method) throw invalidOption(subject, 'taskPrompt', 'It needs a method.');
    // The shared part's settings with some of them replaced; the schema has the last word.
    const merged = { ...(config as object), ...taskPrompt } as ConfigInput<Schema>;
    const seed = deriveSeed(this.#seed, `tasks/${name}`);
    return createPrompt({ backbone, method, config: merged }, task, seed);
  }

  #model(name: string, task: Task, shared: SharedParts, own: OwnedPrompt | null): TunedModel {
    const { backbone, positionOffset = 'shift', semantics = 'ptl' } = this.#options;
    requirePeftRules(subject, semantics, task.kind);
    const tuner = own ? new JoinedTuner(shared.tuner, own.tuner) : shared.tuner;
    const headVariables = new VariableStore('head', deriveSeed(this.#seed, `head/${name}`));
    try {
      const head = createHead(backbone, task, tuner.layout, headVariables);
      return new TunedModel({
        backbone,
        task,
        tuner,
        head,
        headVariables,
        unfrozen: shared.unfrozen,
        positionOffset,
        semantics,
        origin: originOf(shared, own),
      });
    } catch (error) {
      headVariables[Symbol.dispose]();
      throw error;
    }
  }
}

function originOf({ origin }: OwnedPrompt, own: OwnedPrompt | null): OwnedPrompt['origin'] {
  if (!own) return origin;
  return { ...origin, config: { ...(origin.config as object), taskPrompt: own.origin.config } };
}

/** Requires that a prompt does not depend on the kind of the task, of which it was told one. */
function assertSamePrompt(tuners: Readonly<Record<string, Tuner>>): void {
  const texts = Object.entries(tuners).map(([kind, tuner]) => {
    const shapes = [...tuner.variables.variables].map(([name, { shape }]) => [name, shape]);
    return [kind, tuner.promptLength, JSON.stringify([tuner.layout, shapes])] as const;
  });
  if (new Set(texts.map(([, , text]) => text)).size === 1) return;
  const found = texts.map(([kind, length]) => `${length} positions for ${kind}`).join(', ');
  const message = `Expected one prompt for all tasks, but it would have ${found}: give it one length.`;
  throw invalidOption(subject, 'config', message);
}
