import type { EffortOffer, ModelFact, ModelOffer, ThreadOptions, ToolPolicy } from '../../model/index.ts';
import { lacksEffort } from '../../model/index.ts';
import { plainLabel } from '../plain-label.ts';
import type { SettingsSnapshot } from '../ports.ts';
import { policyWords } from '../tool-policies.ts';
import type { Translate } from '../translate.ts';

/** What the user may change about one thread. */
export type OptionId =
  | 'model'
  | 'effort'
  | 'profile'
  | 'ephemeral'
  | 'output-schema'
  | 'worktree'
  | 'policy'
  | 'add-folder'
  | 'configured-folders'
  | { readonly removeFolder: string };

export type OptionRow =
  | { readonly kind: 'group'; readonly label: string }
  | {
      readonly kind: 'option';
      readonly id: OptionId;
      readonly label: string;
      /** What holds now. */
      readonly description: string;
      readonly detail?: string;
    };

export type OptionFacts = {
  readonly options: ThreadOptions;
  readonly settings: SettingsSnapshot;
  readonly native: boolean;
  /** Codex has a thread for it: what its first native turn brings along can't be asked for any more. */
  readonly begun: boolean;
  /** What is known of the model of the next turn. */
  readonly offer: ModelOffer | null;
  readonly t: Translate;
};

/** The menu: each row says what holds for the next turn, and whether the thread or the settings say so. */
export function optionRows({ options, settings, native, begun, offer, t }: OptionFacts): readonly OptionRow[] {
  const said = (own: string | null, configured: string | null, none: string) =>
    own ?? t('{0} (as configured)', configured ?? none);
  const model = native ? settings.nativeModel : settings.apiModel;
  const effort = native ? settings.nativeEffort : settings.apiEffort;
  const lacking = lacksEffort(offer, options.effort ?? effort) ? offer : null;
  const unlisted = lacking === null ? undefined : t('{0} does not list it: Codex may use another', lacking.label);
  const policy = (one: ToolPolicy) => policyWords(one, t).label;
  const kept = (ephemeral: boolean) => (ephemeral ? t('keeps nothing') : t('keeps the thread'));
  const row = (id: OptionId, icon: string, label: string, description: string, detail?: string): OptionRow => {
    const bare = { kind: 'option', id, label: `$(${icon}) ${plainLabel(label)}`, description: plainLabel(description) };
    return { ...bare, kind: 'option', ...(detail === undefined ? {} : { detail: plainLabel(detail) }) };
  };
  return [
    row('model', 'symbol-class', t('Model'), said(options.model, model, t('the default'))),
    row('effort', 'dashboard', t('Reasoning effort'), said(options.effort, effort, t('the default')), unlisted),
    row('output-schema', 'json', t('Form of the answer'), options.outputSchema ?? t('free')),
    ...(native || !settings.apiTools
      ? []
      : [
          row(
            'policy',
            'shield',
            t('What the model may do unasked'),
            said(options.policy === null ? null : policy(options.policy), policy(settings.apiPolicy), ''),
          ),
        ]),
    { kind: 'group', label: native ? t('Codex native') : t('When Codex native runs it') },
    row('profile', 'settings', t('Profile'), said(options.profile, settings.nativeProfile, t('none'))),
    row(
      'ephemeral',
      'history',
      t('What Codex keeps'),
      said(
        options.ephemeral === null ? null : kept(options.ephemeral),
        kept(settings.nativeEphemeral),
        kept(settings.nativeEphemeral),
      ),
    ),
    ...(!begun || options.worktree
      ? [
          row(
            'worktree',
            'git-branch',
            t('New worktree'),
            options.worktree ? t('on') : t('off'),
            begun ? t('Codex was asked for it with the first turn: turned off, what is there stays') : undefined,
          ),
        ]
      : []),
    { kind: 'group', label: t('More folders that may be written in') },
    row('add-folder', 'new-folder', t('Add a folder…'), ''),
    ...options.addDirs.map((path) => row({ removeFolder: path }, 'close', path, t('choose to remove'))),
    ...settings.nativeAddDirs.map((path) =>
      row('configured-folders', 'folder', path, t('as configured: choose to open the setting')),
    ),
  ];
}

/** Efforts that models of the Responses API are known to take; a model may know others. */
const efforts = ['minimal', 'low', 'medium', 'high', 'xhigh'];

/** A value to choose; null = as configured, `type` = the user types it. */
export type ValueRow = {
  readonly value: string | null | { readonly type: true };
  readonly label: string;
  readonly description: string;
  readonly detail?: string;
};

/** `models`: where Codex itself told of them, with what each can do. */
export function modelRows(
  models: readonly (ModelFact & Partial<ModelOffer>)[],
  current: string | null,
  t: Translate,
): readonly ValueRow[] {
  return valueRows(
    models.map(({ id, label, description, efforts = [], isDefault = false }) => {
      const names = efforts.map(({ effort }) => effort).join(', ');
      const said = names === '' ? description : t('{0} Reasoning efforts: {1}.', description, names);
      return {
        value: id,
        label: plainLabel(label),
        description: [id === label ? '' : id, isDefault ? t('default') : ''].filter(Boolean).join(' · '),
        detail: plainLabel(said),
      };
    }),
    current,
    t,
  );
}

/** What is known of the model of the next turn, or of all of them; null = nothing. */
export type EffortFacts = { readonly offer: ModelOffer | null; readonly all: readonly ModelOffer[] };

export function effortRows(current: string | null, { offer, all }: EffortFacts, t: Translate): readonly ValueRow[] {
  const listed = offer === null ? everyEffort(all) : offer.efforts;
  const known = listed.length === 0 ? efforts.map((effort) => ({ effort, description: '' })) : listed;
  return valueRows(
    known.map(({ effort, description }) => ({
      value: effort,
      label: plainLabel(effort),
      description: effort === offer?.defaultEffort ? t('default of {0}', plainLabel(offer.label)) : '',
      ...(description === '' ? {} : { detail: plainLabel(description) }),
    })),
    current,
    t,
    lacksEffort(offer, current) ? t('{0} does not list it', plainLabel(offer?.label ?? '')) : '',
  );
}

/** Each that some model has. */
function everyEffort(all: readonly ModelOffer[]): readonly EffortOffer[] {
  return [...new Set(all.flatMap((model) => model.efforts.map(({ effort }) => effort)))].map((effort) => ({
    effort,
    description: '',
  }));
}

export function profileRows(profiles: readonly string[], current: string | null, t: Translate): readonly ValueRow[] {
  return valueRows(
    profiles.map((value) => ({ value, label: plainLabel(value), description: `${value}.config.toml` })),
    current,
    t,
  );
}

/** What is in effect is said, also where it is none of the known. */
function valueRows(
  known: readonly ValueRow[],
  current: string | null,
  t: Translate,
  ownDescription = '',
): readonly ValueRow[] {
  const own = current !== null && !known.some(({ value }) => value === current);
  const typed = t('Enter a name…');
  const rows: readonly ValueRow[] = [
    { value: null, label: t('As configured'), description: '' },
    ...known,
    ...(own ? [{ value: current, label: plainLabel(current), description: ownDescription }] : []),
    { value: { type: true }, label: `$(edit) ${typed}`, description: '' },
  ];
  return rows.map((row) =>
    row.value === current
      ? { ...row, description: [row.description, t('in effect')].filter(Boolean).join(' · ') }
      : row,
  );
}
