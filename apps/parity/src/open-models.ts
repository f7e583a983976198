import { join } from 'node:path';
import { type Backbone, loadBackbone } from '@ptl/core';

/** The tiny models, each loaded once. */
export interface OpenModels extends Disposable {
  get(family: string): Promise<Backbone>;
}

export function openModels(folder: string): OpenModels {
  const loaded = new Map<string, Backbone>();
  return {
    async get(family) {
      const backbone = loaded.get(family) ?? (await loadBackbone(join(folder, 'models', family)));
      loaded.set(family, backbone);
      return backbone;
    },
    [Symbol.dispose]() {
      for (const backbone of loaded.values()) backbone[Symbol.dispose]();
    },
  };
}
