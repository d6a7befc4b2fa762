import { join } from 'node:path';
import type { Environment } from '../node/index.ts';
import { writeFileAtomic } from '../node/index.ts';
import type { Settings, SettingsSnapshot } from '../ports/index.ts';
import { PRACTICE_LABEL, practiceCodexConfig, startPractice } from '../practice/index.ts';

export type PracticeState =
  | { readonly on: false }
  | { readonly on: true; readonly url: string; readonly label: string };

/** Both lanes pointed at the practice endpoint, while it is on. Never stored, never the default. */
export type PracticeSwitch = {
  readonly state: () => PracticeState;
  readonly start: (sampleFolders: readonly string[]) => Promise<PracticeState>;
  readonly stop: () => Promise<void>;
  /** The user's settings and environment as the lanes see them now. */
  readonly settings: Settings;
  readonly env: () => Environment;
};

type On = { readonly url: string; readonly codexHome: string; readonly close: () => Promise<void> };

export type PracticeSwitchDeps = {
  readonly env: Environment;
  readonly settings: Settings;
  /** A folder of our own for the throw-away Codex home. */
  readonly home: () => Promise<string>;
  readonly onChange: () => void;
};

/** `CODEX_LANES_PRACTICE` (a URL) and `CODEX_LANES_PRACTICE_CODEX_HOME` switch it on from outside: `npm start` runs the endpoint itself. */
export function createPracticeSwitch(deps: PracticeSwitchDeps): PracticeSwitch {
  let on: On | null = fromOutside(deps.env);
  const state = (): PracticeState => (on === null ? { on: false } : { on: true, url: on.url, label: PRACTICE_LABEL });
  return {
    state,
    start: async (sampleFolders) => {
      if (on !== null) return state();
      const codexHome = await deps.home();
      // Codex makes worktrees of the sample folders in its home.
      const server = await startPractice({ workspaces: [...sampleFolders, join(codexHome, 'worktrees')] });
      try {
        await writeFileAtomic(join(codexHome, 'config.toml'), practiceCodexConfig(server.url));
        on = { url: server.url, codexHome, close: () => server.close() };
      } catch (error) {
        await server.close();
        throw error;
      }
      deps.onChange();
      return state();
    },
    stop: async () => {
      const was = on;
      on = null;
      await was?.close();
      if (was !== null) deps.onChange();
    },
    settings: { get: () => overlay(deps.settings.get(), on), onChange: deps.settings.onChange },
    env: () => (on === null ? deps.env : practiceEnv(deps.env, on)),
  };
}

function overlay(settings: SettingsSnapshot, on: On | null): SettingsSnapshot {
  if (on === null) return settings;
  return {
    ...settings,
    apiBaseUrl: on.url,
    apiModel: 'gpt-5.5',
    apiHeaders: {},
    // The practice home has its own provider, which needs no login; a key must not travel to it.
    nativeAuth: 'auto',
    nativeCredentials: 'direct',
    nativeModel: null,
    // Profiles lie in the user's own home of Codex.
    nativeProfile: null,
    nativeEnv: [],
  };
}

/** No key of the user's goes to the practice endpoint. */
function practiceEnv(env: Environment, on: On): Environment {
  const { CODEX_API_KEY: _codex, OPENAI_API_KEY: _openai, ...rest } = env;
  return { ...rest, CODEX_HOME: on.codexHome };
}

function fromOutside(env: Environment): On | null {
  const { CODEX_LANES_PRACTICE: url, CODEX_LANES_PRACTICE_CODEX_HOME: codexHome } = env;
  if (!url || !codexHome) return null;
  return { url, codexHome, close: () => Promise.resolve() };
}
