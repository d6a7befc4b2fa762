import type { EndpointFeature } from '../../model/index.ts';
import type { Clock, EndpointMemory, TurnIo } from '../../ports/index.ts';
import type { EndpointFeatures } from './features.ts';
import { without } from './features.ts';
import { negotiate } from './negotiate.ts';
import type { RoundEnd } from './round.ts';

export type NegotiationDeps = {
  /** Left out: nothing is kept beyond the turn. */
  readonly memory: EndpointMemory | undefined;
  /** Origin and path of the base URL. */
  readonly endpoint: string;
  readonly host: string;
  readonly model: string;
  /** What is known beforehand not to be taken. Left out: nothing. */
  readonly lacks?: readonly EndpointFeature[];
  readonly emit: TurnIo['emit'];
  readonly clock: Clock;
};

/** What an endpoint takes, as it is found out in the course of a turn. */
export type Negotiation = {
  readonly features: () => EndpointFeatures;
  /**
   * Sends what `bodyFor` makes. Where the endpoint refuses it and names a feature that it used, it is sent again without,
   * each time with one fewer; what was refused was not paid for.
   */
  readonly send: (
    bodyFor: (features: EndpointFeatures) => string,
    ask: (body: string) => Promise<RoundEnd>,
  ) => Promise<RoundEnd>;
};

/** Begins with what was learnt before. */
export async function openNegotiation(deps: NegotiationDeps): Promise<Negotiation> {
  const { memory, endpoint, host, model, lacks = [], emit, clock } = deps;
  const known = (await memory?.quirks(endpoint, model)) ?? [];
  let features = without([...lacks, ...known.map(({ feature }) => feature)]);
  return {
    features: () => features,
    send: async (bodyFor, ask) => {
      for (;;) {
        const body = bodyFor(features);
        const end = await ask(body);
        if (end.outcome !== 'failed' || end.refusal === undefined) return end;
        const next = negotiate(features, JSON.parse(body), end.refusal);
        if (next === null) return end;
        features = next.features;
        const { dropped, lasting } = next;
        const until = lasting && memory !== undefined ? 'from now on' : 'in this turn';
        const text = `The endpoint ${host} does not take ${words[dropped]}: left out ${until}.`;
        emit({ kind: 'system_notice', code: 'endpoint_quirk', text });
        if (lasting) {
          const at = new Date(clock.now()).toISOString();
          await memory?.learn(endpoint, model, { feature: dropped, at, why: end.refusal.message });
        }
      }
    },
  };
}

/** “The endpoint does not take …”. */
const words: Readonly<Record<EndpointFeature, string>> = {
  encryptedReasoning: 'encrypted reasoning',
  reasoningSummary: 'summaries of reasoning',
  reasoningEffort: 'this reasoning effort',
  store: 'requests that it is to keep nothing of',
  previousResponseId: 'the id of an earlier answer',
  customTools: 'tools with free text',
  parallelCalls: 'the switch for parallel calls',
  strictSchemas: 'strict schemas',
  structuredOutput: 'a schema for the answer',
  verbosity: 'this verbosity',
  serviceTier: 'this service tier',
  webSearch: 'a web search of its own',
  images: 'images',
  builtInTools: 'its own shell and patch tools',
  tools: 'tools',
};
