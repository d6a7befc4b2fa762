import { threadId, turnId } from '../../src/model/index.ts';
import type { LaneTurn, TurnIo } from '../../src/ports/index.ts';

/** The first turn of a thread, with nothing but a prompt; what a test is about goes into `given`. */
export function laneTurn(given: Partial<LaneTurn> & Pick<LaneTurn, 'text'>): LaneTurn {
  return {
    threadId: threadId('th'),
    turnId: turnId('tu'),
    nativeThreadId: null,
    attachments: [],
    history: [],
    cwd: '/w',
    model: null,
    effort: null,
    sandbox: 'workspace-write',
    policy: 'ask',
    ephemeral: false,
    allowNonGit: false,
    forkOf: null,
    profile: null,
    addDirs: [],
    outputSchema: null,
    newWorktree: false,
    usageBefore: null,
    ...given,
  };
}

/** The ways out of a lane that is not to ask; a question of it fails the test. */
export function turnIo(given: Partial<TurnIo> & Pick<TurnIo, 'emit'>): TurnIo {
  const asked = (): Promise<never> => Promise.reject(new Error('this lane never asks'));
  return {
    approvals: { ask: asked, fill: asked },
    inbox: (async function* () {})(),
    beforeChange: async () => undefined,
    afterChange: async () => undefined,
    mayPay: () => null,
    progress: () => undefined,
    onWait: () => () => undefined,
    signal: new AbortController().signal,
    ...given,
  };
}
