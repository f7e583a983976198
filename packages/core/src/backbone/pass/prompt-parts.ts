import type { BackbonePrompt, LayerPrefixes, VirtualTokens } from '../../contract/prompt.ts';

/** What fills the slots of a batch; null where nothing does. */
export function tokensOf(prompt: BackbonePrompt): VirtualTokens | null {
  if (prompt.kind === 'combined') return prompt.tokens;
  return prompt.kind === 'virtual-tokens' ? prompt : null;
}

/** What stands in front of attention layers; null where nothing does. */
export function prefixesOf(prompt: BackbonePrompt): LayerPrefixes | null {
  if (prompt.kind === 'combined') return prompt.prefixes;
  return prompt.kind === 'layer-prefixes' ? prompt : null;
}
