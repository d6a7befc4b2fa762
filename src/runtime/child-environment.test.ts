import { join } from 'node:path';
import { expect, test } from 'vitest';
import { allowedVariables, childEnvironment } from './child-environment.ts';

const keys = { OPENAI_API_KEY: 'o', CODEX_API_KEY: 'c' };
const child = (env: Record<string, string>, more: object = {}, platform: NodeJS.Platform = 'linux') =>
  childEnvironment({ env, platform, ...more });

test('the allow-list, the named variables and nothing else', () => {
  const env = { PATH: '/bin', LC_ALL: 'C', XDG_RUNTIME_DIR: '/r', AWS_SECRET: 's', MY_KEY: 'k', APPDATA: 'w', ...keys };
  expect(child(env)).toEqual({ PATH: '/bin', LC_ALL: 'C', XDG_RUNTIME_DIR: '/r' });
  expect(child(env, { names: ['MY_KEY'] })).toMatchObject({ MY_KEY: 'k' });
  expect(child(env, { providerKey: 'MY_KEY' })).toMatchObject({ MY_KEY: 'k' });
});

test('the unlock of the native lane is ours, not Codex’s: it ends here', () => {
  expect(child({ CODEX_LANES_NATIVE_UNLOCK: '1', CODEX_LANES_HOME: '/h' })).toEqual({});
});

test.each([
  ['a key is there', {}, {}],
  ['a setting names it', { names: Object.keys(keys) }, {}],
  ['the user chose one for this lane', { apiKey: 'chosen' }, { CODEX_API_KEY: 'chosen' }],
  ['the provider’s own key has its name', { providerKey: 'OPENAI_API_KEY' }, { OPENAI_API_KEY: 'o' }],
])('a key reaches the child by a choice alone: %s', (_name, more, expected) => {
  expect(child(keys, more)).toEqual(expected);
});

test('vault-only: a name that is kept back and a value that is kept back pass by no way', () => {
  const env = { PATH: '/bin', MINE: 'k', OTHER: 'with sk-1 in it', LC_X: 'sk-1', FREE: 'f', ...keys };
  const kept = { names: ['MINE'], value: 'sk-1' };
  expect(child(env, { names: ['MINE', 'OTHER', 'FREE'], providerKey: 'MINE', kept })).toEqual({
    PATH: '/bin',
    FREE: 'f',
  });
  expect(child({ mine: 'k' }, { providerKey: 'Mine', kept }, 'win32')).toEqual({});
});

test('on Windows a name is one whatever its case', () => {
  const env = {
    Path: 'x',
    SystemRoot: 'y',
    codex_api_key: 'c',
    'ProgramFiles(x86)': 'p',
    My_Key: 'k',
    Https_Proxy: 'old',
  };
  const more = { names: ['MY_KEY', 'codex_api_key'], network: { HTTPS_PROXY: 'new' } };
  expect(child(env, more, 'win32')).toEqual({
    ...{ Path: 'x', SystemRoot: 'y', 'ProgramFiles(x86)': 'p', My_Key: 'k' },
    HTTPS_PROXY: 'new',
  });
});

test('the way to the network wins over the environment', () => {
  expect(child({ HTTP_PROXY: 'a', http_proxy: 'b' }, { network: { HTTP_PROXY: 'n' } })).toEqual({
    HTTP_PROXY: 'n',
    http_proxy: 'b',
  });
});

test('the published table is this code', async () => {
  const rows = allowedVariables.map(({ names, why, platform }) => {
    return `| ${names.map((name) => `\`${name}\``).join(' ')} | ${why}${platform === 'win32' ? ' (on Windows)' : ''} |`;
  });
  const text = `# The environment of a Codex process

A process of Codex is started with an environment of its own. Of the editor's environment it gets the variables below and
no other, so that a secret that happens to lie there does not get to Codex or to the commands that it runs.

| variables | for |
|---|---|
${rows.join('\n')}

Beside these, by a choice of yours:

| variable | when |
|---|---|
| the names in the setting \`codexLanes.native.env\` | they are in the editor's environment; the two keys below never pass this way |
| the \`env_key\` of the provider in Codex's \`config.toml\` | Codex is configured to ask that provider |
| \`CODEX_API_KEY\` | it pays: \`codexLanes.native.auth\` led to a key (a stored one, \`CODEX_API_KEY\`, with \`api-key\` also \`OPENAI_API_KEY\`). Codex reads no other name. With \`codexLanes.native.credentials\` set to \`vault-only\` it holds a token of that run instead |
| \`HTTP_PROXY\` \`HTTPS_PROXY\` | the editor's \`http.proxy\` is set; it wins over the environment, as for the editor's own requests |
| \`NO_PROXY\` | \`http.noProxy\` is set, or a proxy is in use: this machine (\`127.0.0.1\`, \`localhost\`, \`::1\`) is always exempt |
| \`CODEX_CA_CERTIFICATE\` | \`http.systemCertificates\` is on, and neither it nor \`SSL_CERT_FILE\` is set: the system's certificates as a file in the data home |
| \`CODEX_LANES_RUN\` | always: a random mark by which processes that were left behind are found |

The commands that the model runs get the environment of Codex, without the key that Codex pays with: \`CODEX_API_KEY\` and
the provider's \`env_key\` are empty there, unless the setting \`codexLanes.native.env\` names the latter.

Commands that a model runs on the API lane get the variables of the first table and the names in \`codexLanes.native.env\`, but no
key: a variable with a key in it that this window knows stays out, whatever it is called. \`TERM\`, \`NO_COLOR\`, \`PAGER\`,
\`GIT_PAGER\` and \`GIT_TERMINAL_PROMPT\` are set, since nobody sits at a terminal.

\`http.proxyStrictSSL\` has no counterpart: Codex always checks certificates. The Runtime view says so when it is off.
`;
  await expect(text).toMatchFileSnapshot(join(import.meta.dirname, '../../docs/child-environment.md'));
});
