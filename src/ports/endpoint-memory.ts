import type { EndpointQuirk } from '../model/index.ts';

/** What was learnt of endpoints by their own refusals, for every window on this machine. */
export type EndpointMemory = {
  /** `endpoint`: origin and path of its base URL. What is old counts no more. Never rejects: what can't be read is nothing. */
  readonly quirks: (endpoint: string, model: string) => Promise<readonly EndpointQuirk[]>;
  /** Never rejects: what can't be kept is learnt anew. */
  readonly learn: (endpoint: string, model: string, quirk: EndpointQuirk) => Promise<void>;
};
