import type { SignInEnd, SignInMethod, SignInStep } from '../model/index.ts';
import { messageOf } from '../model/index.ts';
import type { Clock, Log, SettingsSnapshot } from '../ports/index.ts';
import type { NativeRuntime, SharedServer } from '../runtime/index.ts';
import { serverProgram, signIn, unlessStopped } from '../runtime/index.ts';

export type SignInAction = (
  method: SignInMethod,
  /** Called once, when Codex waits for the user. */
  onStep: (step: SignInStep) => void,
  signal: AbortSignal,
) => Promise<SignInEnd>;

export type SignInDeps = {
  readonly settings: () => SettingsSnapshot;
  readonly trusted: () => boolean;
  /** Codex is pointed at the practice endpoint. */
  readonly practising: () => boolean;
  readonly resolve: () => Promise<NativeRuntime>;
  readonly server: SharedServer;
  /** Codex has another login now. */
  readonly onSignedIn: () => Promise<void>;
  /** Ends with the app. */
  readonly closing: AbortSignal;
  readonly clock: Clock;
  readonly log: Log;
};

/** Signs in to ChatGPT over the window's app-server. Never throws; what would be of no use is refused before anything starts. */
export function signInAction(deps: SignInDeps): SignInAction {
  const { server, clock, log } = deps;
  return async (method, onStep, given) => {
    const signal = AbortSignal.any([given, deps.closing]);
    const early = refusedAtOnce(deps);
    if (early !== null) return early;
    try {
      const runtime = await unlessStopped(deps.resolve(), signal);
      if (runtime === null) return { kind: 'cancelled' };
      const late = await unlessStopped(refusedBy(runtime), signal);
      if (late !== null) return late;
      // Over a store in memory, which a key of ours gets, the login would be gone with the server.
      const { credential } = runtime;
      const own = credential.apiKey === null ? credential : { ...credential, apiKey: null, forcedLogin: null };
      const program = serverProgram({ ...runtime, credential: own });
      if (signal.aborted || program === null) return { kind: 'cancelled' };
      const lease = await server.lease(program, signal);
      let end: SignInEnd;
      try {
        end = await signIn(lease, { method, onStep, clock, log, signal });
      } finally {
        lease.release();
      }
      if (end.kind === 'signed-in') await deps.onSignedIn();
      return end;
    } catch (error) {
      return signal.aborted ? { kind: 'cancelled' } : failed(messageOf(error), null);
    }
  };
}

function refusedAtOnce({ settings, trusted, practising }: SignInDeps): SignInEnd | null {
  if (!trusted()) {
    return failed('The workspace is not trusted, so nothing is started in it.', 'Trust the workspace to run Codex.');
  }
  if (practising()) {
    return failed('Practice is on: its endpoint needs no login.', 'Turn practice off to sign in.');
  }
  const { nativeInteractive, nativeAuth, nativeCredentials } = settings();
  if (!nativeInteractive.value) {
    return failed('Signing in needs the interactive gate, which is shut.', `${nativeInteractive.source} opens it.`);
  }
  if (nativeCredentials === 'vault-only') {
    const message = 'Credentials are vault-only, which a ChatGPT login can’t be: it would not be used.';
    return failed(
      message,
      'Store a key with “Set Key for Codex Native”, or set codexLanes.native.credentials to direct.',
    );
  }
  if (nativeAuth !== 'api-key') return null;
  return failed('Turns are paid with a key alone: a login would not be used.', 'Set codexLanes.native.auth to auto.');
}

async function refusedBy({ binary, pin, config, abilities }: NativeRuntime): Promise<SignInEnd | null> {
  if (binary.kind !== 'found') return failed('The Codex CLI was not found.', 'Install Codex, or set its path.');
  if (pin !== null) return failed(`Codex native is disabled: ${pin.reason}.`, 'Lift the pin in the Runtime view.');
  if (config.kind === 'broken') {
    return failed(`Codex’s configuration can’t be used: ${config.issue}.`, 'Correct it first.');
  }
  const { provider } = config.config;
  if (!provider.needsLogin) return failed(`Codex’s provider “${provider.name}” takes no ChatGPT login.`, null);
  if ((await abilities())?.appServer !== false) return null;
  return failed('This build of Codex has no app-server, which signs in.', 'Run codex login in a terminal.');
}

function failed(message: string, hint: string | null): SignInEnd {
  return { kind: 'failed', message, hint };
}
