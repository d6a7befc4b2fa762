import type { LaneInputs, RunnableLaneId, SendQuestion, TurnError, TurnErrorCode } from '../model/index.ts';
import { payerOfLane } from '../model/index.ts';
import type { EngineDeps } from './deps.ts';
import type { PayerWatch } from './payer-watch.ts';

export type Sending = {
  readonly lane: RunnableLaneId;
  readonly inputs: LaneInputs;
  readonly cwd: string | null;
  /** The configuration profile that the thread chose for itself; null = as configured. */
  readonly profile: string | null;
  readonly confirmed: readonly string[];
};

/** The next thing that the user must confirm before a prompt runs; null = nothing. One at a time, the folder first. */
export async function openQuestion(
  deps: EngineDeps,
  payers: PayerWatch,
  { lane, inputs, cwd, profile, confirmed }: Sending,
): Promise<SendQuestion | null> {
  if (lane === 'codex-native' && cwd !== null && !deps.settings.get().nativeSkipGitCheck) {
    const folder = await deps.nonGit.toAllow(cwd);
    if (folder !== null) {
      const id = `no-git:${folder}`;
      if (!confirmed.includes(id)) return { id, kind: 'no-git', folder };
      // Kept at once, as below.
      await deps.nonGit.allow(folder);
    }
  }
  if (lane === 'codex-native' && cwd !== null && deps.settings.get().nativeSandbox !== 'read-only') {
    const folder = await deps.folderTrust.toMark(cwd);
    if (folder !== null) {
      const id = `folder-trust:${folder}`;
      if (!confirmed.includes(id)) return { id, kind: 'folder-trust', folder };
      // Kept at once: the next question comes back with its own id alone.
      await deps.folderTrust.told(folder);
    }
  }
  // The last check looked at the configured profile.
  const own = lane === 'codex-native' && profile !== null;
  return payers.question(own ? await deps.payerOfProfile(profile) : payerOfLane(lane, inputs), confirmed);
}

/** A question in one sentence (English), for a door that has no words of its own for it. */
export function questionText({ kind, from = '', to = '', folder = '' }: SendQuestion): string {
  switch (kind) {
    case 'payer-changed':
      return `Who pays for this thread would change from ${from} to ${to}.`;
    case 'folder-trust':
      return `Codex may change files in ${folder}. Its config.toml says nothing about this folder: codex exec leaves that so, the Codex app-server marks it as trusted.`;
    case 'no-git':
      return `${folder} is not under Git, where Codex runs only with your permission: Git can’t bring back what it changes there.`;
  }
}

/** How a turn ends that began to need a yes while it waited: nothing was started. */
export function unconfirmed(question: SendQuestion): TurnError {
  return {
    code: unconfirmedCode(question.kind),
    message: `${questionText(question)} Nothing was sent.`,
    retryable: true,
    hint: 'Send the prompt again to be asked.',
  };
}

function unconfirmedCode(kind: SendQuestion['kind']): TurnErrorCode {
  switch (kind) {
    case 'payer-changed':
      return 'budget_spent';
    case 'folder-trust':
      return 'folder_untrusted';
    case 'no-git':
      return 'not_a_git_folder';
  }
}
