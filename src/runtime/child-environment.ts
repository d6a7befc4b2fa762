/** An environment as Node.js gives it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Variables that pass to a Codex process, and why. `LC_*` is every name that starts so. */
export type AllowedVariables = {
  readonly names: readonly string[];
  readonly why: string;
  /** Left out: on every platform. On Windows the case of a name does not matter. */
  readonly platform?: 'win32';
};

/**
 * The published allow-list (`docs/child-environment.md` is this table): what Codex and the user's commands need to work
 * at all (contract codex-runtime, "What follows from it" 8). Nothing else of the editor's environment gets there.
 */
export const allowedVariables: readonly AllowedVariables[] = [
  { names: ['HOME', 'USER', 'LOGNAME', 'SHELL', 'PATH'], why: 'who the user is, and where programs are' },
  { names: ['LANG', 'LC_*', 'TZ', 'TERM'], why: 'language, time zone and terminal of commands' },
  { names: ['TMPDIR', 'TMP', 'TEMP', 'XDG_*'], why: 'where files go' },
  { names: ['SSH_AUTH_SOCK'], why: 'Git over SSH with the user’s agent' },
  {
    names: [
      ...['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY'],
      ...['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy'],
    ],
    why: 'the way to the network; the editor’s `http.proxy` and `http.noProxy` come first where they are set',
  },
  {
    names: [
      ...['SSL_CERT_FILE', 'SSL_CERT_DIR', 'CODEX_CA_CERTIFICATE', 'NODE_EXTRA_CA_CERTS', 'CURL_CA_BUNDLE'],
      'REQUESTS_CA_BUNDLE',
    ],
    why: 'certificates that are trusted',
  },
  { names: ['CODEX_HOME'], why: 'where Codex’s own configuration and login are' },
  {
    names: [
      ...['SYSTEMROOT', 'SYSTEMDRIVE', 'WINDIR', 'COMSPEC', 'PATHEXT', 'USERPROFILE', 'USERNAME', 'USERDOMAIN'],
      ...['HOMEDRIVE', 'HOMEPATH', 'APPDATA', 'LOCALAPPDATA', 'PROGRAMDATA', 'PROGRAMFILES', 'PROGRAMFILES(X86)'],
      ...['PROGRAMW6432', 'COMMONPROGRAMFILES', 'NUMBER_OF_PROCESSORS', 'PROCESSOR_ARCHITECTURE', 'OS', 'PSMODULEPATH'],
    ],
    why: 'what programs on Windows can’t do without',
    platform: 'win32',
  },
];

/** Pass only by the user's choice of a credential, or as the key of Codex's own provider: never by a name in the settings. */
const credentials: ReadonlySet<string> = new Set(['CODEX_API_KEY', 'OPENAI_API_KEY']);

export type ChildEnvironmentOptions = {
  readonly env: Environment;
  readonly platform: NodeJS.Platform;
  /** Setting `codexLanes.native.env`. */
  readonly names?: readonly string[];
  /** The `env_key` of the provider in Codex's configuration. */
  readonly providerKey?: string | null;
  /** Vault-only: names that do not pass whoever names them, and the value that passes under no name. */
  readonly kept?: { readonly names: readonly string[]; readonly value: string | null };
  /** Variables that are set whatever the environment says: the way to the network. */
  readonly network?: Readonly<Record<string, string>>;
  /** The key that the user chose for this lane; passed as CODEX_API_KEY, the one name that exec reads. */
  readonly apiKey?: string | null;
};

/** The environment of a Codex process: an allow-list, so that no other secret of the editor's environment gets there. */
export function childEnvironment(options: ChildEnvironmentOptions): Readonly<Record<string, string>> {
  const { platform } = options;
  // On Windows the case of a name does not matter.
  const plain = (name: string): string => (platform === 'win32' ? name.toUpperCase() : name);
  const named = new Set((options.names ?? []).map(plain).filter((name) => !credentials.has(name)));
  if (options.providerKey) named.add(plain(options.providerKey));
  const set = new Set(Object.keys(options.network ?? {}).map(plain));
  const child: Record<string, string> = {};
  const { names: withheld = [], value: secret = null } = options.kept ?? {};
  for (const name of withheld) named.delete(plain(name));
  for (const [name, value] of Object.entries(options.env)) {
    if (value === undefined || set.has(plain(name))) continue;
    if (secret !== null && value.includes(secret)) continue;
    if (isAllowed(plain(name), platform) || named.has(plain(name))) child[name] = value;
  }
  Object.assign(child, options.network);
  if (options.apiKey) child.CODEX_API_KEY = options.apiKey;
  return child;
}

function isAllowed(name: string, platform: NodeJS.Platform): boolean {
  return allowedVariables.some(
    (row) =>
      (row.platform === undefined || row.platform === platform) &&
      row.names.some((allowed) => (allowed.endsWith('*') ? name.startsWith(allowed.slice(0, -1)) : name === allowed)),
  );
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
