import type { ComponentChildren, JSX } from 'preact';
import type { ItemStatus, Row } from '../../src/model/index.ts';
import { t } from '../strings.ts';
import { Icon } from './icon.tsx';

/** How an item stands, in the reader's terms. */
export type Standing = 'running' | 'done' | 'failed' | 'cut-off';

export function standingOf(row: Row & { readonly status: ItemStatus }): Standing {
  if (row.cutOff) return 'cut-off';
  if (row.open) return 'running';
  if (row.status === 'failed' || row.status === 'declined') return 'failed';
  if (row.kind === 'command' && row.exitCode !== null && row.exitCode !== 0) return 'failed';
  return 'done';
}

/** Icon, and the same in a word for who can't see it. `done` = the icon of a finished item of this kind. */
export function StandingIcon({ standing, done }: { readonly standing: Standing; readonly done: string }): JSX.Element {
  switch (standing) {
    case 'running':
      return <StateIcon icon="loading" words={t('stateRunning')} tone="muted" spin />;
    case 'failed':
      return <StateIcon icon="error" words={t('stateFailed')} tone="error" />;
    case 'cut-off':
      return <StateIcon icon="circle-slash" words={t('stateCutOff')} tone="warning" />;
    case 'done':
      return <StateIcon icon={done} words={t('stateDone')} tone={done === 'pass' ? 'ok' : 'plain'} />;
  }
}

function StateIcon(props: {
  readonly icon: string;
  readonly words: string;
  readonly tone: 'ok' | 'error' | 'warning' | 'muted' | 'plain';
  readonly spin?: boolean;
}): JSX.Element {
  return (
    <span class={`state ${props.tone}`}>
      <Icon name={props.icon} spin={props.spin === true} />
      <span class="sr-only">{props.words} </span>
    </span>
  );
}

/** The line of a row: state, verb, object, figures. */
export function RowHead(props: {
  readonly icon: ComponentChildren;
  readonly verb: ComponentChildren;
  readonly object?: ComponentChildren;
  /** The object whole, for the tooltip. */
  readonly title?: string;
  readonly figures?: ComponentChildren;
}): JSX.Element {
  return (
    <>
      {props.icon}
      <span class="verb">{props.verb} </span>
      <span class="object" title={props.title}>
        {props.object}
      </span>
      {props.figures !== undefined && props.figures !== null && <span class="figures"> {props.figures}</span>}
    </>
  );
}

/** Words with a middle dot between them. */
export function dotted(parts: readonly (ComponentChildren | null)[]): ComponentChildren {
  const shown = parts.filter((part) => part !== null && part !== '');
  if (shown.length === 0) return null;
  return shown.map((part, index) => (index === 0 ? part : [' · ', part]));
}
