import { transportCapabilities } from '../../model/index.ts';
import type { Lane } from '../../ports/index.ts';
import type { ResponsesLaneDeps } from './deps.ts';
import { ResponsesTurn } from './turn.ts';

/** The lane that asks a Responses-compatible endpoint over HTTP, and runs the tools that it offers to the model. */
export function createResponsesLane(deps: ResponsesLaneDeps): Lane {
  const offersTools = (cwd: string | null): boolean => deps.tools?.offered(cwd) === true;
  return {
    id: 'api',
    transport: 'responses',
    // Where it has tools, a turn asks as its own policy says.
    approvalPolicy: 'none',
    // As the setting stands: in a folder, and in one that is trusted.
    get capabilities() {
      return transportCapabilities[
        deps.tools !== undefined && deps.settings().apiTools ? 'responses-tools' : 'responses'
      ];
    },
    offersTools,
    run: (turn, io) => new ResponsesTurn(deps, turn, io).run(),
  };
}
