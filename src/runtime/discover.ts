import type { BinaryCandidate, BinaryFact } from '../model/index.ts';
import type { DiscoveryInputs } from './candidates.ts';
import { explicitPlaces, searchedPlaces } from './candidates.ts';
import { probeCandidate } from './probe-candidate.ts';

/** Looks for Codex in the order of the contract. An explicit path that fails is an answer: nothing else is tried. */
export async function discoverCodex(inputs: DiscoveryInputs): Promise<BinaryFact> {
  const [named] = explicitPlaces(inputs);
  if (named !== undefined) {
    const candidate = await probeCandidate(named, inputs);
    return factOf(candidate) ?? missing([candidate], named.input);
  }
  const failed: BinaryCandidate[] = [];
  for await (const place of searchedPlaces(inputs)) {
    const candidate = await probeCandidate(place, inputs);
    const fact = factOf(candidate);
    if (fact !== null) return fact;
    failed.push(candidate);
  }
  return missing(failed, null);
}

function factOf({ outcome }: BinaryCandidate): BinaryFact | null {
  return outcome.kind === 'usable' ? { kind: 'found', identity: outcome.identity } : null;
}

/** The problem is that of the first one: with it out of the way, Codex would have been found. */
function missing(failed: readonly BinaryCandidate[], namedBy: string | null): BinaryFact {
  const problems = failed.flatMap(({ path, outcome }) => (outcome.kind === 'unusable' ? [{ path, ...outcome }] : []));
  return {
    kind: 'missing',
    problem: problems[0]?.problem ?? 'not-found',
    detail:
      problems.map(({ path, detail }) => `${path}${namedBy === null ? '' : ` (${namedBy})`} ${detail}`).join('; ') ||
      'No program named codex was found on PATH',
    ...(namedBy === null ? {} : { namedBy }),
  };
}
