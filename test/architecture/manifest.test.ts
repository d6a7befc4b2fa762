import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tabType } from '../../src/host/chat/view-id.ts';
import { commandIds } from '../../src/host/commands/command-ids.ts';
import { contextKeys } from '../../src/host/context-keys/keys.ts';
import { settingDefaults } from '../../src/host/settings/read-settings.ts';
import { actionIds, actionOf } from '../../src/routing/index.ts';

const root = join(import.meta.dirname, '../..');
const text = (path: string) => readFileSync(join(root, path), 'utf8');
const manifest = JSON.parse(text('package.json'));
const { contributes } = manifest;
const nls: Record<string, string> = JSON.parse(text('package.nls.json'));

const hostFiles = readdirSync(join(root, 'src/host'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .map((file) => ({ file, source: text(join('src/host', file)) }));
const hostSource = hostFiles.map(({ source }) => source).join('\n');

/** Commands of the editor itself that an action may run. */
const editorCommands = ['workbench.action.openSettings', 'workbench.trust.manage'];

/** Every setting with its scope and the reason. Whatever says where data goes, what runs, what is allowed or kept: machine. */
const settings: Readonly<Record<string, readonly [scope: 'machine' | 'window', why: string]>> = {
  'codexLanes.lane': ['window', 'which of two gated lanes; neither opens by it'],
  'codexLanes.api.baseUrl': ['machine', 'where data goes'],
  'codexLanes.api.model': ['window', 'how well, at an endpoint that the machine chose'],
  'codexLanes.api.effort': ['window', 'how well'],
  'codexLanes.api.headers': ['machine', 'what is sent along'],
  'codexLanes.api.organization': ['machine', 'who pays'],
  'codexLanes.api.project': ['machine', 'who pays'],
  'codexLanes.api.verbosity': ['window', 'how well'],
  'codexLanes.api.serviceTier': ['window', 'how well'],
  'codexLanes.api.tools': ['machine', 'what is allowed'],
  'codexLanes.api.policy': ['machine', 'what is allowed'],
  'codexLanes.api.webSearch': ['machine', 'where data goes'],
  'codexLanes.api.builtinTools': ['machine', 'how well'],
  'codexLanes.api.maxRounds': ['machine', 'what is allowed'],
  'codexLanes.api.maxTokens': ['machine', 'what is allowed'],
  'codexLanes.api.maxMinutes': ['machine', 'what is allowed'],
  'codexLanes.api.commandTimeout': ['machine', 'what is allowed'],
  'codexLanes.api.contextWindow': ['machine', 'how well'],
  'codexLanes.api.prices': ['machine', 'what it costs'],
  'codexLanes.native.enabled': ['machine', 'what is allowed'],
  'codexLanes.plugins.unlock': ['machine', 'what is allowed'],
  'codexLanes.native.unlock': ['machine', 'what is allowed'],
  'codexLanes.codex.path': ['machine', 'what runs'],
  'codexLanes.native.auth': ['machine', 'who pays'],
  'codexLanes.native.credentials': ['machine', 'who holds what pays'],
  'codexLanes.native.env': ['machine', 'what a program may see'],
  'codexLanes.native.model': ['window', 'how well, with a provider that the machine chose'],
  'codexLanes.native.effort': ['window', 'how well'],
  'codexLanes.native.sandbox': ['machine', 'what is allowed'],
  'codexLanes.native.interactive': ['machine', 'what is allowed'],
  'codexLanes.native.transport': ['machine', 'what is started'],
  'codexLanes.native.editorTools': ['machine', 'what is told to the model'],
  'codexLanes.native.ephemeral': ['machine', 'what is kept'],
  'codexLanes.native.profile': ['machine', 'what is allowed: a profile may say anything that a configuration does'],
  'codexLanes.native.addDirs': ['machine', 'what is allowed'],
  'codexLanes.debug.keepRawStreams': ['machine', 'what is kept'],
  'codexLanes.native.skipGitCheck': ['machine', 'what is allowed'],
  'codexLanes.native.firstEventTimeout': ['machine', 'when a program is ended'],
  'codexLanes.native.silenceTimeout': ['machine', 'when a program is ended'],
};

type Contributed = Record<string, { scope: string; default: unknown; markdownDescription?: string }>;
const contributed: Contributed = Object.assign(
  {},
  ...contributes.configuration.map(({ properties }: never) => properties),
);

test('each command of the manifest has a handler, and each handler is in the manifest', () => {
  const declared = contributes.commands.map(({ command }: { command: string }) => command);
  expect(declared.toSorted()).toEqual([...commandIds].toSorted());
  const inPalette = contributes.menus.commandPalette.map(({ command }: { command: string }) => command);
  expect(inPalette.toSorted()).toEqual([...commandIds].toSorted());
});

test('commands are registered in one place, from the list', () => {
  const registering = hostFiles.filter(({ source }) => source.includes('registerCommand('));
  expect(registering.map(({ file }) => file)).toEqual([join('commands', 'index.ts')]);
});

/** Commands that start a program or send something: a workspace that is not trusted gets none of them. */
const needTrust = [
  'sendPrompt',
  'compactThread',
  'reviewChanges',
  'attachImage',
  'worktree.diff',
  'worktree.merge',
  'worktree.discard',
];

test('what starts or sends something needs a trusted workspace', () => {
  type Entry = { readonly command: string; readonly when?: string };
  const entries: Entry[] = [...contributes.menus.commandPalette, ...contributes.menus['view/title']];
  for (const name of needTrust) {
    const conditions = entries.filter(({ command }) => command === `codexLanes.${name}`).map(({ when }) => when ?? '');
    expect([name, conditions.length > 0 && conditions.every((when) => when.includes('isWorkspaceTrusted'))]).toEqual([
      name,
      true,
    ]);
  }
});

test('a command about the state of the shown thread is offered in that state alone', () => {
  const palette = new Map<string, string>(
    contributes.menus.commandPalette.map(({ command, when }: { command: string; when: string }) => [command, when]),
  );
  const asked = (name: string) => palette.get(`codexLanes.${name}`)?.split(' && ') ?? [];
  expect(asked('continueTurn')).toEqual(['codexLanes.canContinue']);
  expect(asked('compactThread')).toContain('codexLanes.canCompact');
  expect(asked('reviewChanges')).toContain('codexLanes.canReview');
  expect(asked('renameThread')).toEqual(['codexLanes.promptSent']);
  expect(asked('forkThread')).toEqual(['codexLanes.promptSent', '!codexLanes.turnRunning']);
  for (const name of ['diff', 'merge', 'discard']) expect(asked(`worktree.${name}`)[0]).toBe('codexLanes.hasWorktree');
  for (const name of ['merge', 'discard']) expect(asked(`worktree.${name}`)).toContain('!codexLanes.turnRunning');
});

test('menus name commands that exist', () => {
  const named = Object.values(contributes.menus as Record<string, { command: string }[]>).flat();
  expect(named.map(({ command }) => command).filter((id) => !commandIds.some((known) => known === id))).toEqual([]);
});

test('each view has a provider, and each provider a view', () => {
  const views = contributes.views.codexLanes.map(({ id }: { id: string }) => id);
  const provided = [...hostSource.matchAll(/(?:createTreeView\(|export const viewId = )'([^']+)'/g)].map(
    ([, id]) => id,
  );
  expect(provided.toSorted()).toEqual(views.toSorted());
});

test('tabs of an earlier window wake the extension', () => {
  expect(manifest.activationEvents).toEqual([
    'onStartupFinished',
    `onWebviewPanel:${tabType}`,
    'onFileSystem:codex-lanes-before',
  ]);
});

test('each setting is in the code, in the manifest and in the list, with the same scope and default', () => {
  const known = Object.keys(settingDefaults).map((name) => `codexLanes.${name}`);
  expect(Object.keys(contributed).toSorted()).toEqual(known.toSorted());
  expect(Object.keys(settings).toSorted()).toEqual(known.toSorted());
  for (const [name, { scope, default: value }] of Object.entries(contributed)) {
    expect([name, scope]).toEqual([name, settings[name]?.[0]]);
    expect([name, value]).toEqual([
      name,
      settingDefaults[name.slice('codexLanes.'.length) as keyof typeof settingDefaults],
    ]);
  }
});

test('a workspace that is not trusted decides no setting', () => {
  const open = Object.entries(settings).filter(([, [scope]]) => scope !== 'machine');
  const restricted: string[] = manifest.capabilities.untrustedWorkspaces.restrictedConfigurations;
  expect(restricted.toSorted()).toEqual(open.map(([name]) => name).toSorted());
});

test('conditions name context keys that are published, and settings and views that exist', () => {
  const conditions: string[] = [
    ...Object.values(contributes.menus as Record<string, { when?: string }[]>).flat(),
    ...contributes.commands.map(({ enablement }: { enablement?: string }) => ({ when: enablement })),
  ].flatMap(({ when }) => (when === undefined ? [] : [when]));
  const names = conditions.flatMap((when) => when.match(/(?:config\.)?codexLanes[\w.]*/g) ?? []);
  expect(names.length).toBeGreaterThan(3);
  const views = contributes.views.codexLanes.map(({ id }: { id: string }) => id);
  const rows = /contextValue = `codexLanes\.\$/.test(hostSource) ? ['codexLanes.process'] : [];
  const known = new Set([
    ...contextKeys,
    ...rows,
    ...views,
    ...Object.keys(contributed).map((name) => `config.${name}`),
  ]);
  expect(names.filter((name) => !known.has(name))).toEqual([]);
});

test('each action of a tree, picker or page reaches a command', () => {
  const unknown = actionIds.filter((id) => {
    const { command } = actionOf(id);
    return !editorCommands.includes(command) && !commandIds.some((known) => known === command);
  });
  expect(unknown).toEqual([]);
});

test('a command is called the same in the palette as on every surface', () => {
  const titles = new Map(
    contributes.commands.map(({ command, title }: { command: string; title: string }) => [
      command,
      nls[title.replaceAll('%', '')],
    ]),
  );
  const labels = actionIds.map(actionOf).map(({ command, label }) => [command, label.english] as const);
  const ours = labels.filter(([command]) => titles.has(command));
  expect(ours.length).toBeGreaterThan(10);
  expect(ours.filter(([command, label]) => titles.get(command) !== label)).toEqual([]);
});

test('the buttons of a failed turn are actions', () => {
  const union = /type FailureAction =([^;]+);/.exec(text('webview/view/failure-help.tsx'))?.[1] ?? '';
  const ids = [...union.matchAll(/'([^']+)'/g)].map(([, id]) => id);
  expect(ids.length).toBeGreaterThan(0);
  expect(ids.filter((id) => !actionIds.some((known) => known === id))).toEqual([]);
  // The page brings its own words: the same button must not have two names.
  const page = JSON.parse(text('webview/words/en.json'));
  const named = actionIds.filter((id) => ids.includes(id)).map((id) => [id, actionOf(id).label.english]);
  const shown = named.map(([id = '']) => {
    const key = `action${id[0]?.toUpperCase()}${id.slice(1)}`;
    return [id, page[key]];
  });
  expect(shown).toEqual(named);
});

test('each word of the manifest is in its table, and none is left over', () => {
  const used = new Set([...text('package.json').matchAll(/"%([^%"]+)%"/g)].map(([, key]) => key ?? ''));
  expect([...used].toSorted()).toEqual(Object.keys(nls).toSorted());
});

test('the walkthrough runs commands that exist, shows files that exist and is done when something is so', () => {
  const links = Object.values(nls).flatMap((words) => [...words.matchAll(/\(command:([^)]+)\)/g)].map(([, id]) => id));
  expect(links.length).toBeGreaterThan(3);
  expect(links.filter((id) => !commandIds.some((known) => known === id))).toEqual([]);
  const [walkthrough, ...others] = contributes.walkthroughs;
  expect(others).toEqual([]);
  expect(walkthrough.steps).toHaveLength(4);
  const done = new Set([...contextKeys.map((key) => `onContext:${key}`), ...commandIds.map((id) => `onCommand:${id}`)]);
  for (const { media, completionEvents } of walkthrough.steps) {
    const { dark, light, hc, hcLight } = media.image;
    for (const picture of [dark, light, hc, hcLight]) expect(existsSync(join(root, picture))).toBe(true);
    expect(completionEvents.length).toBeGreaterThan(0);
    expect(completionEvents.filter((event: string) => !done.has(event))).toEqual([]);
  }
});

test('the product says that it is nobody else', () => {
  expect(nls.description).toContain('Not affiliated with OpenAI');
  expect(manifest.browser).toBeUndefined();
  expect(manifest.extensionKind).toEqual(['workspace']);
});
