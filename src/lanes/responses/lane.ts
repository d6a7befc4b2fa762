import { transportCapabilities } from '../../model/index.ts';
import type { Lane } from '../../ports/index.ts';
import type { ResponsesLaneDeps } from './deps.ts';
import { ResponsesTurn } from './turn.ts';

/** The lane that asks a Responses-compatible endpoint over HTTP. It offers the model no tools. */
export function createResponsesLane(deps: ResponsesLaneDeps): Lane {
  return {
    id: 'api',
    transport: 'responses',
    approvalPolicy: 'none',
    capabilities: transportCapabilities.responses,
    run: (turn, io) => new ResponsesTurn(deps, turn, io).run(),
  };
}
