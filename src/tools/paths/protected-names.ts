import type { Platform } from './path-shape.ts';
import { foldedName, maskOf, namesOf } from './path-shape.ts';

/** A rule over names in lower case. `under`: it is a folder, and all below it is meant; several names follow each other. */
type Row = {
  readonly why: string;
  readonly under?: readonly string[];
  readonly names?: readonly string[];
  readonly like?: RegExp;
};

const editorSettings = 'settings of an editor, which can run programs';
const agentSettings = 'settings of coding agents, which decide what they may run';
const hooks = 'hooks, which run by themselves';
const shellStart = 'a file that runs when a shell starts';
const toolStart = 'a file that a program reads at its start and that can run commands';
const ofGit = 'settings of git, which can run programs';
const ofPackages = 'settings of a package manager, which can run programs or change where packages come from';
const pipeline = 'a pipeline, which runs with the project’s secrets';

/** What a change can make run without anybody starting it, or that decides what may run. */
const protectedRows: readonly Row[] = [
  { why: 'the folder of git', under: ['.git', '.hg', '.svn', '.jj', '.bzr'], like: /^git~\d+$/ },
  { why: ofGit, names: ['.gitconfig', '.gitattributes', '.gitmodules', '.lfsconfig'], under: ['.config/git'] },
  {
    why: editorSettings,
    under: ['.vscode', '.vscode-server', '.idea', '.run', '.zed', '.fleet', '.vs', '.nova', '.nvim'],
  },
  {
    why: editorSettings,
    like: /\.code-workspace$|^\.(vimrc|gvimrc|nvimrc|exrc|lvimrc|nvim\.lua|emacs|dir-locals(-2)?\.el)$/,
  },
  {
    why: 'a development container, which runs commands when it is opened',
    under: ['.devcontainer'],
    names: ['.devcontainer.json'],
  },
  {
    why: agentSettings,
    under: ['.codex', '.agents', '.claude', '.cursor', '.gemini', '.windsurf', '.continue', '.roo', '.kiro'],
  },
  { why: agentSettings, names: ['.mcp.json', '.cursorrules', '.clinerules', '.windsurfrules', '.aider.conf.yml'] },
  { why: hooks, under: ['.husky', '.githooks', '.git-hooks', '.lefthook', '.hooks', '.overcommit'] },
  {
    why: hooks,
    like: /^\.?(pre-commit-config|pre-commit-hooks|lefthook(-local)?|overcommit)\.(ya?ml|toml|json)$|^\.(huskyrc|lintstagedrc|simple-git-hooks)(\..+)?$/,
  },
  {
    why: shellStart,
    like: /^\.(bash(rc|_profile|_login|_logout|_aliases)|profile|z(shrc|shenv|profile|login|logout)|[kct]?shrc|tcshrc|mkshrc|login|logout|xprofile|xinitrc|xsession(rc)?|xsessionrc|inputrc)$/,
  },
  {
    why: shellStart,
    under: [
      '.config/fish',
      '.config/nushell',
      '.config/powershell',
      '.config/autostart',
      '.config/systemd',
      'library/launchagents',
      '.local/bin',
    ],
  },
  {
    why: 'a file that runs when its folder is entered',
    like: /^\.(envrc|direnvrc|rvmrc|autoenv.*|env\.leave)$|^\.?mise(\.[\w-]+)*\.toml$/,
    under: ['.mise', '.config/mise', '.direnv'],
  },
  {
    why: toolStart,
    like: /^\.(gdbinit|lldbinit.*|irbrc|pryrc|pdbrc(\.py)?|pythonrc(\.py)?|pythonstartup|rprofile|renviron|curlrc|wgetrc|tmux\.conf|screenrc|terraformrc|ghci|guile|sqliterc|psqlrc|rspec|valgrindrc|ackrc|bazelrc|buckconfig|justfile|xonshrc)$/,
  },
  {
    why: ofPackages,
    like: /^\.(npmrc|yarnrc(\.ya?ml)?|pnpmfile\.[cm]?js|pnprc|pypirc|gemrc|condarc|nugetrc|bunfig\.toml)$|^\.pnp(\.loader)?\.[cm]?js$/,
  },
  {
    why: ofPackages,
    under: [
      '.yarn',
      '.mvn',
      '.cargo',
      '.bundle',
      '.gradle',
      '.m2',
      '.pip',
      '.config/pip',
      '.nuget',
      '.config/dotnet-tools.json',
    ],
  },
  { why: 'a configuration file that is a program', like: /^\.[\w-]+\.[cm]?[jt]s$/ },
  {
    why: pipeline,
    under: ['.github/workflows', '.github/actions', '.circleci', '.buildkite', '.forgejo', '.gitea', '.woodpecker'],
  },
  { why: pipeline, like: /^\.(gitlab-ci|travis|drone|woodpecker|cirrus|appveyor|azure-pipelines)\.ya?ml$/ },
];

/** What is likely to hold a secret. Templates (`.env.example`) and public keys are none. */
const secretRows: readonly Row[] = [
  {
    why: 'environment variables',
    like: /^\.env(rc)?(\.(?!(example|sample|template|dist|defaults|schema)$).+)?$|^(?!\.?(example|sample|template)\.).+\.env$|^\.(dev|prod)\.vars$|^\.flaskenv$/,
  },
  { why: 'a key or certificate', like: /\.(pem|key|p8|p12|pfx|jks|keystore|kdbx?|ppk|gpg|pgp|ovpn|mobileprovision)$/ },
  {
    why: 'a key',
    like: /^(id|ssh_host)_(rsa|dsa|ecdsa|ed25519|xmss|ed448)(_sk|_key)?$|^(ssh_host_.+_key|wallet\.dat|\.vault-token|\.vault_pass(word)?)$/,
  },
  {
    why: 'sign-ins',
    like: /^[._](netrc|pgpass|my\.cnf|mylogin\.cnf|git-credentials|npmrc|pypirc|dockercfg|htpasswd|s3cfg|boto|databrickscfg|snowsql|cf|esmtprc|msmtprc|fetchmailrc)$/,
  },
  {
    why: 'sign-ins',
    like: /^\.?(credentials?|secrets?|passwords?)(\.(json|ya?ml|toml|ini|cfg|conf|txt|db|xml|enc|properties))?$/,
  },
  {
    why: 'sign-ins',
    like: /^(kubeconfig|kube\.config|.+\.kubeconfig|auth\.json|(application_default_)?credentials.*\.json|client_secret.*\.json|service[-_]?account.*\.json|.*-firebase-adminsdk-.*\.json|google-services\.json)$/,
  },
  {
    why: 'keys and sign-ins',
    under: [
      '.ssh',
      '.gnupg',
      '.aws',
      '.azure',
      '.kube',
      '.docker/config.json',
      '.password-store',
      '.config/gcloud',
      '.config/gh',
      '.config/hub',
      '.config/op',
      '.oci',
      '.gem/credentials',
      '.cargo/credentials',
      '.cargo/credentials.toml',
      '.m2/settings.xml',
      '.gradle/gradle.properties',
      '.terraform.d',
      '.secrets',
      '.local/share/keyrings',
      'library/keychains',
    ],
  },
  { why: 'the state of an infrastructure, with its secrets', like: /\.tfstate(\..*)?$|\.tfvars(\.json)?$/ },
  {
    why: 'what was typed, which may hold secrets',
    like: /^\.(bash|zsh|sh|fish|python|psql|mysql|sqlite|node_repl|irb|rediscli)_(history|hist)$|^\.histfile$/,
  },
  {
    why: 'the address of a repository, which may hold a sign-in',
    under: ['.git/config', '.git/config.worktree', '.git/credentials'],
  },
];

/** Why a change of a file with these names always asks; null = by its names it need not. */
export function protectedBy(names: readonly string[], platform: Platform): string | null {
  return (
    masked(names, platform) ??
    found(protectedRows, names, (name, why) => `${name} belongs to what always asks: ${why}.`) ??
    secretBy(names, platform)
  );
}

/** Why reading a file with these names always asks; null = by its names it need not. */
export function secretBy(names: readonly string[], platform: Platform): string | null {
  return masked(names, platform) ?? found(secretRows, names, (name, why) => `${name} may hold secrets: ${why}.`);
}

/** A masked name stands for a file that its text does not tell. */
function masked(names: readonly string[], platform: Platform): string | null {
  for (const name of names) {
    const why = maskOf(name, platform);
    if (why !== null) return `${why}.`;
  }
  return null;
}

function found(
  rows: readonly Row[],
  names: readonly string[],
  words: (name: string, why: string) => string,
): string | null {
  const folded = names.map(foldedName);
  const path = `/${folded.join('/')}/`;
  for (const { why, under = [], names: exact = [], like } of rows) {
    const folder = under.find((part) => path.includes(`/${part}/`));
    if (folder !== undefined) return words(folder, why);
    const hit = folded.findIndex((name) => exact.includes(name) || like?.test(name) === true);
    if (hit >= 0) return words(names[hit] ?? '', why);
  }
  return null;
}

/** Whether reading a file asks by its path, with `/`, on this machine. */
export function isSecret(name: string): boolean {
  const platform = process.platform === 'win32' || process.platform === 'darwin' ? process.platform : 'linux';
  return secretBy(namesOf(name, platform), platform) !== null;
}
