/** An environment as Node.js gives it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What Codex and the user's commands need to work at all (contract codex-runtime, "What follows from it" 8). */
const allowed: ReadonlySet<string> = new Set([
  ...['HOME', 'USER', 'LOGNAME', 'SHELL', 'PATH', 'LANG', 'TZ', 'TERM', 'TMPDIR', 'TMP', 'TEMP', 'SSH_AUTH_SOCK'],
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'all_proxy', 'no_proxy'],
  ...['SSL_CERT_FILE', 'SSL_CERT_DIR', 'NODE_EXTRA_CA_CERTS', 'CODEX_CA_CERTIFICATE', 'CURL_CA_BUNDLE'],
  'REQUESTS_CA_BUNDLE',
  'CODEX_HOME',
]);
const allowedStarts = ['LC_', 'XDG_'];

/** Names on Windows, where case does not matter. */
const allowedOnWindows: ReadonlySet<string> = new Set([
  ...['SYSTEMROOT', 'SYSTEMDRIVE', 'WINDIR', 'COMSPEC', 'PATHEXT', 'USERPROFILE', 'USERNAME', 'USERDOMAIN'],
  ...['HOMEDRIVE', 'HOMEPATH', 'APPDATA', 'LOCALAPPDATA', 'PROGRAMDATA', 'PROGRAMFILES', 'PROGRAMFILES(X86)'],
  ...['PROGRAMW6432', 'COMMONPROGRAMFILES', 'NUMBER_OF_PROCESSORS', 'PROCESSOR_ARCHITECTURE', 'OS', 'PSMODULEPATH'],
]);

/** Pass only by the user's choice of a credential, never by a name in the settings. */
const credentials: ReadonlySet<string> = new Set(['CODEX_API_KEY', 'OPENAI_API_KEY']);

export type ChildEnvironmentOptions = {
  readonly env: Environment;
  readonly platform: NodeJS.Platform;
  /** Further names: the configured provider's `env_key`, and setting `codexLanes.native.env`. */
  readonly names?: readonly string[];
  /** The key that the user chose for this lane; passed as CODEX_API_KEY, the one name that exec reads. */
  readonly apiKey?: string | null;
};

/** The environment of a Codex process: an allow-list, so that no other secret of the editor's environment gets there. */
export function childEnvironment(options: ChildEnvironmentOptions): Readonly<Record<string, string>> {
  const names = new Set(options.names ?? []);
  const child: Record<string, string> = {};
  for (const [name, value] of Object.entries(options.env)) {
    if (value === undefined) continue;
    if (isAllowed(name, options.platform) || names.has(name)) child[name] = value;
  }
  for (const name of credentials) if (!options.names?.includes(name)) delete child[name];
  if (options.apiKey) child.CODEX_API_KEY = options.apiKey;
  return child;
}

function isAllowed(name: string, platform: NodeJS.Platform): boolean {
  if (platform !== 'win32') return allowed.has(name) || allowedStarts.some((start) => name.startsWith(start));
  const upper = name.toUpperCase();
  return allowed.has(upper) || allowedOnWindows.has(upper) || allowedStarts.some((start) => upper.startsWith(start));
}

/** Reads a variable as the platform does: on Windows the case of its name does not matter. */
export function envValue(env: Environment, name: string, platform: NodeJS.Platform): string | undefined {
  const value =
    env[name] ??
    (platform === 'win32'
      ? Object.entries(env).find(([key]) => key.toUpperCase() === name.toUpperCase())?.[1]
      : undefined);
  return value === '' ? undefined : value;
}
