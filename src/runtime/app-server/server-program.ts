import { dirname } from 'node:path';
import type { NativeRuntime } from '../native-runtime.ts';
import type { ServerProgram } from './server-process.ts';

/**
 * The app-server of a native runtime; null = no program was found. It reads no key of a variable (measured with 0.169: neither
 * CODEX_API_KEY nor OPENAI_API_KEY), so one of ours is handed over when it runs and held in its memory alone.
 */
export function serverProgram(runtime: NativeRuntime): ServerProgram | null {
  if (runtime.binary.kind !== 'found') return null;
  const { vault } = runtime;
  const { apiKey, forcedLogin } = runtime.credential;
  const { CODEX_API_KEY: _, ...env } = runtime.env;
  const args = ['app-server'];
  // Without it a refused connection is tried again for ever.
  args.push('-c', 'features.unbounded_connection_retries=false');
  args.push('-c', 'analytics.enabled=false');
  // A thread that nobody hears is let go at once, so that whoever comes next may write it (measured with 0.169: 3 ms).
  args.push('-c', 'thread_unload_delay_secs=0');
  // In an empty store nothing has to be forced: a method that does not match what lies on disk would sign the user out.
  if (apiKey !== null || vault !== null) args.push('-c', 'cli_auth_credentials_store="ephemeral"');
  else if (forcedLogin !== null) args.push('-c', `forced_login_method=${JSON.stringify(forcedLogin)}`);
  // As for exec: the commands that the model runs must not see the key of Codex's provider.
  for (const name of runtime.ownKeys) {
    if (/^\w+$/.test(name)) args.push('-c', `shell_environment_policy.set.${name}=""`);
  }
  const { path } = runtime.binary.identity;
  const secrets = [...runtime.secrets, ...(apiKey === null ? [] : [apiKey])];
  // Away from the user's project: each thread says its own folder.
  return { file: path, args, cwd: dirname(path), env, apiKey, vault, secrets };
}
