import type { SettingsSnapshot } from '../../src/ports/index.ts';

/** The native lane, unlocked, with short limits; no program, no endpoint. A test says what differs. */
export const nativeSettings: SettingsSnapshot = {
  lane: { value: 'codex-native', source: 'test' },
  nativeUnlock: { value: true, source: 'test' },
  nativeEnabled: { value: true, source: 'test' },
  pluginsUnlock: { value: false, source: 'test' },
  network: { proxy: null, noProxy: [], strictSsl: true, systemCertificates: false },
  codexPath: null,
  nativeAuth: 'auto',
  nativeEnv: [],
  nativeModel: null,
  nativeEffort: null,
  nativeSandbox: 'workspace-write',
  nativeEphemeral: false,
  nativeProfile: null,
  nativeAddDirs: [],
  keepRawStreams: false,
  nativeSkipGitCheck: false,
  nativeFirstEventTimeoutS: 30,
  nativeSilenceTimeoutS: 30,
  apiBaseUrl: '',
  apiModel: '',
  apiEffort: null,
  apiHeaders: {},
  problems: [],
};
