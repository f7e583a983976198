import type { PositionOffset, Semantics } from '../backbone/backbone.ts';
import { PtlError } from '../contract/errors.ts';
import type { BackboneArchitecture } from '../contract/frozen-backbone.ts';
import type { PromptLayout } from '../contract/layout.ts';
import type { TaskInfo, TaskKind } from '../contract/method.ts';
import type { Prompt } from '../contract/prompt.ts';
import { headless, isPeftTask } from './parse-peft-config.ts';
import { loadsHeads, type PeftRelease } from './peft-release.ts';

/** What decides whether PEFT can compute what a model computes. */
export interface ExportFacts {
  readonly kind: Prompt['kind'];
  readonly layout: PromptLayout;
  readonly task: TaskKind;
  /** See {@link TaskInfo.readout}; null for the kind's own head. */
  readonly readout: TaskInfo['readout'] | null;
  /** Whether a CRF scores the tags of a sentence together. */
  readonly hasCrf: boolean;
  readonly semantics: Semantics;
  readonly positionOffset: PositionOffset;
  readonly family: string;
  readonly architecture: BackboneArchitecture;
  /** Whether the backbone tells the two texts of a pair apart by token types. */
  readonly hasTokenTypes: boolean;
  /** Whether prefixes are of several lengths or attention sites. */
  readonly isUneven: boolean;
  readonly release: PeftRelease;
}

/** Families that PEFT 0.21 refuses prefix-tuning for, because their models take no cache. */
const withoutPrefix = ['albert', 'deberta-v2', 'distilbert'];

/** Tasks whose logits are of the row, or of the target's tokens. */
const withoutPromptRows: ReadonlySet<TaskKind> = new Set<TaskKind>([
  'sequence-classification',
  'sequence-to-sequence',
]);

/** Why PEFT does not compute the model's logits from its files; null where it does. */
export function peftObstacle(facts: ExportFacts): string | null {
  const { kind, release } = facts;
  if (kind === 'none') return 'PEFT has no adapter without a prompt.';
  if (!isPeftTask(facts.task)) return `PEFT has no task type for ${facts.task}.`;
  if (facts.readout === 'vocabulary') return 'PEFT has no task that classifies by words.';
  if (facts.readout === 'marked-words') return 'PEFT has no head that reads marked words.';
  if (facts.hasCrf)
    return 'PEFT has no CRF: it gives the scores of words, not those of tags that follow each other.';
  if (!loadsHeads(release) && !headless.has(facts.task))
    return 'PEFT 0.13, 0.15 and 0.16 do not load prompts with a head.';
  if (facts.task === 'question-answering' && facts.hasTokenTypes && facts.semantics === 'ptl')
    return 'PEFT drops the token types of questions and contexts.';
  return kind === 'layer-prefixes' ? prefixObstacle(facts) : tokenObstacle(facts);
}

/**
 * What a reader of the files has to know about PEFT: an obstacle, or where its logits stand.
 *
 * @returns Null where there is nothing to say.
 */
export function peftNote(facts: ExportFacts): string | null {
  const obstacle = peftObstacle(facts);
  if (obstacle) return obstacle;
  return facts.kind === 'virtual-tokens' && !withoutPromptRows.has(facts.task)
    ? 'PEFT leaves the rows of virtual tokens in the logits, PTL strips them.'
    : null;
}

/** The refusal of an export that was asked for and cannot be had. */
export function exportRefused(folder: string, reason: string): PtlError<'PEFT_INEXPRESSIBLE'> {
  const message = `The model cannot be saved for PEFT in "${folder}": ${reason}`;
  return new PtlError('PEFT_INEXPRESSIBLE', message, { folder, reason });
}

function prefixObstacle(facts: ExportFacts): string | null {
  const { isUneven, positionOffset, family, architecture } = facts;
  if (isUneven && architecture === 'encoder-decoder') {
    return "PEFT has prefixes of one length in the decoder's self-attention only, and of an even number of layers the upper half repeats the lower.";
  }
  if (isUneven) return 'PEFT has prefixes of one length, in all layers of one attention site.';
  if (positionOffset === 'none') return 'PEFT always shifts positions by the prefix length.';
  return withoutPrefix.includes(family) ? `PEFT has no prefix-tuning for ${family}.` : null;
}

function tokenObstacle({ layout, task, semantics, architecture }: ExportFacts): string | null {
  if (layout.kind !== 'placed' || layout.at !== 'front') {
    return 'PEFT puts virtual tokens in front of the input only.';
  }
  if (task !== 'sequence-classification' || semantics === 'peft') return null;
  return architecture === 'encoder'
    ? 'PEFT classifies from the first virtual token, PTL from the first real one.'
    : 'PEFT classifies from the last position, padding or not, PTL from the last token.';
}
