import type { GgufFile } from './gguf-file.ts';
import { GgufMetadata } from './gguf-metadata.ts';
import { type RopeScaling, readRopeScaling } from './rope-scaling.ts';

/** The fields of Hugging Face's `config.json` that a Llama, Qwen2 or Qwen3 model needs. */
export interface LlamaConfig {
  readonly model_type: Architecture;
  readonly hidden_size: number;
  readonly num_hidden_layers: number;
  readonly num_attention_heads: number;
  readonly num_key_value_heads: number;
  readonly head_dim: number;
  readonly intermediate_size: number;
  readonly hidden_act: 'silu';
  readonly rms_norm_eps: number;
  readonly rope_theta: number;
  readonly rope_scaling: RopeScaling | null;
  readonly max_position_embeddings: number;
  readonly vocab_size: number;
  readonly tie_word_embeddings: boolean;
  readonly attention_bias: boolean;
  readonly mlp_bias: boolean;
  readonly use_sliding_window: false;
  readonly bos_token_id: number | null;
  readonly eos_token_id: number | null;
}

/** `general.architecture` of a GGUF file, which is also Hugging Face's `model_type`. */
type Architecture = 'llama' | 'qwen2' | 'qwen3';

const architectures: readonly string[] = ['llama', 'qwen2', 'qwen3'] satisfies Architecture[];

/** What may stand behind the name of the architecture; all of it is read below. */
const known = [
  'attention.head_count',
  'attention.head_count_kv',
  'attention.key_length',
  'attention.layer_norm_rms_epsilon',
  'attention.value_length',
  'block_count',
  'context_length',
  'embedding_length',
  'expert_count',
  'expert_used_count',
  'feed_forward_length',
  'rope.dimension_count',
  'rope.freq_base',
  'rope.scaling.factor',
  'rope.scaling.type',
  'vocab_size',
];

/**
 * Reads the sizes of a model off a GGUF file, as Hugging Face's `config.json` would give them.
 *
 * @throws {@link PtlError} `BACKBONE_UNSUPPORTED` for another architecture, a field that PTL does
 *   not know (each may change the numbers), and sizes that the tensors contradict.
 */
export function readLlamaConfig(file: GgufFile): LlamaConfig {
  const metadata = new GgufMetadata(file);
  // Checked to be one of them.
  const architecture = metadata.oneOf('general.architecture', architectures) as Architecture;
  refuseUnknown(metadata, architecture);
  const key = (name: string) => `${architecture}.${name}`;
  const hiddenSize = metadata.size(key('embedding_length'));
  const numHeads = metadata.size(key('attention.head_count'));
  const headSize = metadata.size(key('attention.key_length'), Math.floor(hiddenSize / numHeads));
  const [vocabularySize = 0] = shapeOf(file, metadata, 'token_embd.weight', [null, hiddenSize]);
  shapeOf(file, metadata, 'blk.0.attn_q.weight', [numHeads * headSize, hiddenSize]);
  metadata.require(key('attention.value_length'), headSize);
  metadata.require(key('rope.dimension_count'), headSize);
  metadata.require(key('expert_count'), 0);
  metadata.require(key('vocab_size'), vocabularySize);
  const theta = metadata.number(key('rope.freq_base'), 10_000);
  const numLayers = metadata.size(key('block_count'));
  if (numLayers > file.tensors.size) {
    throw metadata.unsupported(
      `${key('block_count')} is ${numLayers}, but it has ${file.tensors.size} tensors`,
    );
  }
  return {
    model_type: architecture,
    hidden_size: hiddenSize,
    num_hidden_layers: numLayers,
    num_attention_heads: numHeads,
    num_key_value_heads: metadata.size(key('attention.head_count_kv'), numHeads),
    head_dim: headSize,
    intermediate_size: metadata.size(key('feed_forward_length')),
    hidden_act: 'silu',
    rms_norm_eps: metadata.number(key('attention.layer_norm_rms_epsilon')),
    rope_theta: theta,
    rope_scaling: readRopeScaling(file, key('rope'), theta, headSize),
    max_position_embeddings: metadata.size(key('context_length')),
    vocab_size: vocabularySize,
    tie_word_embeddings: !file.tensors.has('output.weight'),
    attention_bias: file.tensors.has('blk.0.attn_q.bias'),
    mlp_bias: file.tensors.has('blk.0.ffn_gate.bias'),
    use_sliding_window: false,
    bos_token_id: tokenId(metadata, 'bos'),
    eos_token_id: tokenId(metadata, 'eos'),
  };
}

function refuseUnknown(metadata: GgufMetadata, architecture: Architecture): void {
  metadata.require('general.type', 'model');
  for (const key of metadata.keys()) {
    const isOther = key.startsWith('split.') || key.startsWith('adapter.');
    const isUnknown =
      key.startsWith(`${architecture}.`) && !known.includes(key.slice(architecture.length + 1));
    if (isOther || isUnknown) {
      throw metadata.unsupported(`${key} may change the numbers and is not supported`);
    }
  }
}

function tokenId(metadata: GgufMetadata, role: string): number | null {
  const key = `tokenizer.ggml.${role}_token_id`;
  return metadata.has(key) ? metadata.size(key, undefined, 0) : null;
}

/** The shape of a tensor, which must be `expected` where that is not null. */
function shapeOf(
  { tensors }: GgufFile,
  metadata: GgufMetadata,
  name: string,
  expected: readonly (number | null)[],
): readonly number[] {
  const shape = tensors.get(name)?.shape;
  if (!shape) throw metadata.unsupported(`tensor "${name}" is missing`);
  const fits =
    shape.length === expected.length &&
    expected.every((length, axis) => length === null || length === shape[axis]);
  if (fits) return shape;
  const wanted = expected.map((length) => length ?? 'any').join(', ');
  throw metadata.unsupported(
    `tensor "${name}" has the shape [${shape.join(', ')}]; its metadata asks for [${wanted}]`,
  );
}
