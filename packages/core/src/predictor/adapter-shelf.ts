import type { Backbone } from '../backbone/backbone.ts';
import { PtlError } from '../contract/errors.ts';
import { suggestName } from '../contract/nearest.ts';
import { TunedModel } from '../model/tuned-model.ts';
import type { AdapterFolder, AdapterSource } from './adapter-source.ts';
import { readFolder } from './read-source.ts';
import { type ServedAdapter, serveModel } from './served-adapter.ts';

/** An adapter by its name; in memory for good, or as long as it is used. */
interface ShelfEntry {
  /** Null for a copied model, which cannot be read again. */
  readonly folder: AdapterFolder | null;
  served: ServedAdapter | null;
}

/**
 * The adapters of a predictor, of which those from folders are in memory as long as there is room:
 * the least recently used one makes place for the next.
 */
export class AdapterShelf implements Disposable {
  readonly #backbone: Backbone;
  readonly #limit: number;
  /** Those used last at the end. */
  readonly #entries = new Map<string, ShelfEntry>();
  #isDisposed = false;

  /** @param limit - Most adapters of folders in memory at once. */
  constructor(backbone: Backbone, limit: number) {
    this.#backbone = backbone;
    this.#limit = limit;
  }

  /** In alphabetical order. */
  get names(): string[] {
    return [...this.#entries.keys()].sort();
  }

  /** Names of the adapters from folders that are in memory, the one used last at the end. */
  get resident(): string[] {
    return [...this.#entries].flatMap(([name, { folder, served }]) =>
      folder && served ? [name] : [],
    );
  }

  /** Puts an adapter on the shelf; a folder is not looked at yet, a model is copied. */
  put(name: string, source: AdapterSource): void {
    this.assertLive();
    this.#drop(name);
    this.#entries.set(name, this.#entryOf(name, source));
  }

  /**
   * Reads an adapter before it goes on the shelf, so that one which cannot be read changes nothing.
   *
   * @throws {@link PtlError} as `loadModel` and `loadAdapter` do.
   */
  async putRead(name: string, source: AdapterSource): Promise<void> {
    this.assertLive();
    const entry = this.#entryOf(name, source);
    if (entry.folder) {
      this.#makeRoom(new Set());
      entry.served = await readFolder(name, entry.folder, this.#backbone);
    }
    this.#drop(name);
    this.#entries.set(name, entry);
  }

  /** @throws {@link PtlError} `ADAPTER_UNKNOWN`. */
  remove(name: string): void {
    this.require(name);
    this.#drop(name);
  }

  has(name: string): boolean {
    return this.#entries.has(name);
  }

  /** @throws {@link PtlError} `ADAPTER_UNKNOWN`, with the nearest name and the known ones. */
  require(name: string): ShelfEntry {
    this.assertLive();
    const entry = this.#entries.get(name);
    if (entry) return entry;
    const known = this.names;
    const few = known.slice(0, 20).join(', ') + (known.length > 20 ? ', …' : '');
    const message = `No adapter is called "${name}".${suggestName(name, known)} Known: ${few || 'none'}.`;
    throw new PtlError('ADAPTER_UNKNOWN', message, { adapter: name, known });
  }

  /** Names, each once, in portions that fit in memory together; what is there already comes first. */
  portions(names: readonly string[]): string[][] {
    const rank = (name: string): number => (this.#entries.get(name)?.served ? 0 : 1);
    const ordered = [...new Set(names)].sort((one, other) => rank(one) - rank(other));
    return Array.from({ length: Math.ceil(ordered.length / this.#limit) }, (_, index) =>
      ordered.slice(index * this.#limit, (index + 1) * this.#limit),
    );
  }

  /**
   * An adapter in memory, read from its folder if need be.
   *
   * @param kept - Names that are not to make place for it.
   * @throws {@link PtlError} as `loadModel` and `loadAdapter` do, or `ADAPTER_UNKNOWN`.
   */
  async fetch(name: string, kept: ReadonlySet<string>): Promise<ServedAdapter> {
    const entry = this.require(name);
    this.#entries.delete(name);
    this.#entries.set(name, entry);
    if (entry.served) return entry.served;
    if (!entry.folder) throw new TypeError('A copied model is always in memory.');
    this.#makeRoom(kept);
    const served = await readFolder(name, entry.folder, this.#backbone);
    entry.served = served;
    if (this.#isDisposed) this[Symbol.dispose]();
    this.assertLive();
    return served;
  }

  #entryOf(name: string, source: AdapterSource): ShelfEntry {
    if (source instanceof TunedModel) {
      assertSameBackbone(source.backbone, this.#backbone);
      return { folder: null, served: serveModel(name, source.parts) };
    }
    return { folder: typeof source === 'string' ? { folder: source } : source, served: null };
  }

  /** Takes the least recently used adapters out of memory until one more fits. */
  #makeRoom(kept: ReadonlySet<string>): void {
    const { resident } = this;
    const evictable = resident.filter((name) => !kept.has(name));
    const surplus = resident.length + 1 - this.#limit;
    for (const name of evictable.slice(0, Math.max(0, surplus))) {
      const entry = this.#entries.get(name);
      entry?.served?.[Symbol.dispose]();
      if (entry) entry.served = null;
    }
  }

  #drop(name: string): void {
    this.#entries.get(name)?.served?.[Symbol.dispose]();
    this.#entries.delete(name);
  }

  /** @throws {@link PtlError} `TUNER_DISPOSED`. */
  assertLive(): void {
    if (!this.#isDisposed) return;
    const message = 'The predictor was used after it was disposed.';
    throw new PtlError('TUNER_DISPOSED', message, { tuner: 'predictor' });
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true;
    for (const name of this.names) this.#drop(name);
  }
}

function assertSameBackbone(actual: Backbone, expected: Backbone): void {
  if (actual.fingerprint === expected.fingerprint) return;
  const message = `The model runs on "${actual.geometry.id}", the predictor on "${expected.geometry.id}", which has other weights.`;
  throw new PtlError('BACKBONE_MISMATCH', message, {
    expected: expected.geometry.id,
    actual: actual.geometry.id,
  });
}
