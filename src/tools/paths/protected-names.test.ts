import { describe, expect, test } from 'vitest';
import type { Platform } from './path-shape.ts';
import { namesOf } from './path-shape.ts';
import { protectedBy, secretBy } from './protected-names.ts';

const every: readonly Platform[] = ['linux', 'darwin', 'win32'];
const judge = (path: string, platform: Platform) => protectedBy(namesOf(path, platform), platform);
const secret = (path: string, platform: Platform) => secretBy(namesOf(path, platform), platform);

/** Path, and a word of the reason; null = it may be changed unasked. */
const changes: readonly (readonly [string, string | null])[] = [
  ['src/a.ts', null],
  ['README.md', null],
  ['.gitignore', null],
  ['.github/ISSUE_TEMPLATE.md', null],
  ['.editorconfig', null],
  ['.eslintrc.json', null],
  ['AGENTS.md', null],
  ['git/config', null],
  ['x.git/config', null],
  ['.env.example', null],
  ['.env.sample', null],
  ['tokens.json', null],
  ['id_rsa.pub', null],
  ['environment.ts', null],
  ['src/credentials.ts', null],
  ['docs/.docker/Dockerfile', null],
  ['.git', 'folder of git'],
  ['.git/config', 'folder of git'],
  ['sub/.git/hooks/pre-commit', 'folder of git'],
  ['.GIT/config', 'folder of git'],
  ['.Git', 'folder of git'],
  ['.g\u200cit/config', 'folder of git'],
  ['.gıt/config', null],
  ['．git/config', 'folder of git'],
  ['.vſcode/tasks.json', 'editor'],
  ['.hg/hgrc', 'folder of git'],
  ['.gitattributes', 'git'],
  ['a/.gitmodules', 'git'],
  ['.gitconfig', 'git'],
  ['.config/git/config', 'git'],
  ['.vscode/tasks.json', 'editor'],
  ['.VSCode/settings.json', 'editor'],
  ['pkg/.idea/workspace.xml', 'editor'],
  ['x.code-workspace', 'editor'],
  ['.vimrc', 'editor'],
  ['.devcontainer/devcontainer.json', 'container'],
  ['.devcontainer.json', 'container'],
  ['.codex/config.toml', 'agents'],
  ['.agents/x', 'agents'],
  ['.claude/settings.json', 'agents'],
  ['.cursor/rules', 'agents'],
  ['.mcp.json', 'agents'],
  ['.husky/pre-commit', 'hooks'],
  ['.githooks/pre-push', 'hooks'],
  ['.pre-commit-config.yaml', 'hooks'],
  ['lefthook.yml', 'hooks'],
  ['.lintstagedrc.json', 'hooks'],
  ['.bashrc', 'shell'],
  ['.profile', 'shell'],
  ['.zshrc', 'shell'],
  ['.zshenv', 'shell'],
  ['.config/fish/config.fish', 'shell'],
  ['.envrc', 'folder is entered'],
  ['.mise.toml', 'folder is entered'],
  ['.gdbinit', 'program reads'],
  ['.bazelrc', 'program reads'],
  ['.npmrc', 'package manager'],
  ['.yarnrc.yml', 'package manager'],
  ['.yarn/releases/yarn.cjs', 'package manager'],
  ['.cargo/config.toml', 'package manager'],
  ['.mvn/extensions.xml', 'package manager'],
  ['.eslintrc.cjs', 'is a program'],
  ['.prettierrc.mjs', 'is a program'],
  ['.github/workflows/ci.yml', 'pipeline'],
  ['.gitlab-ci.yml', 'pipeline'],
  ['.env', 'secrets'],
];

/** Path; whether reading it asks. */
const reads: readonly (readonly [string, boolean])[] = [
  ['src/a.ts', false],
  ['.git/HEAD', false],
  ['.vscode/settings.json', false],
  ['.bashrc', false],
  ['.env.example', false],
  ['.env.template', false],
  ['key.ts', false],
  ['id_ed25519.pub', false],
  ['.aws-sam/build.toml', false],
  ['package.json', false],
  ['.env', true],
  ['.ENV', true],
  ['.env.local', true],
  ['.env.production.local', true],
  ['prod.env', true],
  ['.envrc', true],
  ['certs/server.pem', true],
  ['server.KEY', true],
  ['app.p12', true],
  ['id_rsa', true],
  ['deploy/id_ed25519', true],
  ['.netrc', true],
  ['_netrc', true],
  ['.npmrc', true],
  ['.pypirc', true],
  ['.git-credentials', true],
  ['.git/config', true],
  ['.aws/credentials', true],
  ['.ssh/config', true],
  ['.gnupg/x', true],
  ['.kube/config', true],
  ['kubeconfig', true],
  ['dev.kubeconfig', true],
  ['.docker/config.json', true],
  ['credentials', true],
  ['config/credentials.json', true],
  ['config/secrets.yml', true],
  ['.config/gcloud/x.db', true],
  ['terraform.tfstate', true],
  ['prod.tfvars', true],
  ['service-account.json', true],
  ['.bash_history', true],
  ['.htpasswd', true],
  ['.pgpass', true],
];

describe.each(every)('on %s', (platform) => {
  test.each(changes)('a change of %s: %s', (path, word) => {
    const why = judge(path, platform);
    if (word === null) expect(why).toBeNull();
    else expect(why).toContain(word);
  });

  test.each(reads)('a look at %s asks: %s', (path, asks) => {
    expect(secret(path, platform) !== null).toBe(asks);
  });
});

/** What Windows makes of a name. */
const masks: readonly (readonly [string, string | null])[] = [
  ['GIT~1\\config', 'short name'],
  ['GI7EBA~1', 'short name'],
  ['VSCODE~1\\tasks.json', 'short name'],
  ['ENV~1.LOC', 'short name'],
  ['.git::$INDEX_ALLOCATION\\config', 'stream'],
  ['a.txt:hidden', 'stream'],
  ['.git.', 'dot or space'],
  ['.git ', 'dot or space'],
  ['.vscode .\\tasks.json', 'dot or space'],
  ['a~b.txt', null],
  ['C:\\work\\a.txt', null],
  ['longer-name~1', null],
  ['.GIT\\config', 'folder of git'],
  ['sub\\.vscode\\tasks.json', 'editor'],
];
test.each(masks)('on Windows a change of %s: %s', (path, word) => {
  const why = judge(path, 'win32');
  if (word === null) expect(why).toBeNull();
  else expect(why).toContain(word);
});

test.each(['.git::$INDEX_ALLOCATION/config', '.git./config', '.git /config', 'git~1/config', '.git:x'])(
  'what Windows takes for .git asks on a file system of its own elsewhere, too: %s',
  (path) => {
    for (const platform of ['linux', 'darwin'] as const) expect(judge(path, platform)).toContain('folder of git');
  },
);

test.each(['a~1', 'notes:today', 'x.', 'GI7EBA~1'])('elsewhere %s is a name like others', (path) => {
  for (const platform of ['linux', 'darwin'] as const) expect(judge(path, platform)).toBeNull();
});
