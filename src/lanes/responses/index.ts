export type { ResponsesLaneDeps } from './deps.ts';
export { type ApiKey, endpointOf, shownBaseUrl } from './endpoint.ts';
export { createResponsesLane } from './lane.ts';
export { type ProbeOptions, probeApi } from './probe.ts';
export { replayResponses } from './replay.ts';
