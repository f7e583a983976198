import type { PtlJson } from './ptl-json.ts';

/** A short README for a saved model: what it is, what it was trained for, how it did. */
export function modelCard(content: PtlJson, numbers: number): string {
  const { method, task, backbone, prompt, scores, peftDifference } = content;
  const results = Object.entries(scores ?? {}).map(
    ([name, value]) => `| ${name} | ${value.toFixed(4)} |`,
  );
  const { labels } = task.options;
  const listed = Array.isArray(labels) ? labels.join(', ') : 'none';
  return [
    '---',
    `base_model: ${JSON.stringify(backbone.id)}`,
    'library_name: ptl',
    `tags: [ptl, ${method.name}, ${task.kind}]`,
    '---',
    '',
    `# ${method.name} for ${task.kind}`,
    '',
    `${numbers} trained numbers on the frozen backbone \`${backbone.id}\` (${backbone.family}); ` +
      `prompt length ${prompt.length}.`,
    '',
    `Labels: ${listed}`,
    '',
    ...(results.length > 0
      ? ['| last evaluation | score |', '| --- | ---: |', ...results, '']
      : ['It was not evaluated before it was saved.', '']),
    ...(peftDifference ? [`Note on PEFT: ${peftDifference}`, ''] : []),
    '```ts',
    "import { loadBackbone, loadModel } from '@ptl/core';",
    '',
    `const backbone = await loadBackbone(${JSON.stringify(backbone.id)});`,
    "using model = await loadModel('this-folder', { backbone });",
    '```',
    '',
  ].join('\n');
}
