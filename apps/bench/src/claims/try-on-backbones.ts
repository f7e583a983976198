import { fileURLToPath } from 'node:url';
import { type Backbone, isPtlError, loadBackbone } from '@ptl/core';
import type { Claim } from './claim.ts';
import type { ClaimResult } from './claim-result.ts';
import { type TryOptions, tryClaims } from './try-claims.ts';

/** Gets the backbone that a claim names. */
type OpenBackbone = (source: string) => Promise<Backbone>;

/** From where packages are found. */
const from = fileURLToPath(new URL('.', import.meta.url));

/**
 * Tries all claims as {@link tryClaims} does, those that name a backbone on that one; these are
 * skipped where it cannot be had.
 */
export async function tryOnBackbones(
  claims: readonly Claim[],
  options: TryOptions,
  open: OpenBackbone = (source) => loadBackbone(source, { from }),
): Promise<ClaimResult[]> {
  const sources = [...new Set(claims.map(backboneOf))];
  const results = new Map<string, ClaimResult>();
  for (const source of sources) {
    const own = claims.filter((claim) => backboneOf(claim) === source);
    for (const result of await tryOn(source, own, options, open)) results.set(result.id, result);
  }
  return claims.flatMap(({ id }) => results.get(id) ?? []);
}

function backboneOf(claim: Claim): string | undefined {
  return claim.kind === 'compared' ? claim.backbone : undefined;
}

async function tryOn(
  source: string | undefined,
  claims: readonly Claim[],
  options: TryOptions,
  open: OpenBackbone,
): Promise<ClaimResult[]> {
  if (source === undefined) return await tryClaims(claims, options);
  const backbone = await openOrSay(source, open);
  if (typeof backbone === 'string') return skip(claims, backbone);
  try {
    return await tryClaims(claims, { ...options, context: { ...options.context, backbone } });
  } finally {
    backbone[Symbol.dispose]();
  }
}

/** The backbone, or why there is none. */
async function openOrSay(source: string, open: OpenBackbone): Promise<Backbone | string> {
  try {
    return await open(source);
  } catch (error) {
    if (!isPtlError(error, 'BACKBONE_NOT_FOUND') && !isPtlError(error, 'DOWNLOAD_FAILED')) {
      throw error;
    }
    return `${source} cannot be had here: ${error.message.split('\n')[0]}`;
  }
}

function skip(claims: readonly Claim[], reason: string): ClaimResult[] {
  return claims.map(({ id, statement, source }) => ({
    kind: 'skipped',
    id,
    statement,
    source,
    verdict: 'skipped',
    reason,
  }));
}
