const displayNames: Readonly<Record<string, string>> = {
  'head-only': 'head only',
  'bias-only': 'biases only',
  'last-layers': 'last layers',
  'prompt-tuning': 'prompt tuning',
  'p-tuning': 'P-tuning',
  prefix: 'prefix-tuning',
  'p-tuning-v2': 'P-tuning v2',
  'full-fine-tuning': 'full fine-tuning',
};

/** How a method is called in a sentence. */
export function displayName(method: string): string {
  return displayNames[method] ?? method;
}
