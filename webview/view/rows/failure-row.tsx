import type { JSX } from 'preact';
import type { RowOf, TurnErrorCode } from '../../../src/model/index.ts';
import { t } from '../../strings.ts';
import { useApp } from '../app-context.ts';
import { useExpanded } from '../disclosure.tsx';
import { Icon } from '../icon.tsx';

/** What a button of a failed turn asks of the host. */
type FailureAction =
  | 'setApiKey'
  | 'unlockNative'
  | 'refreshStatus'
  | 'selectLane'
  | 'showLog'
  | 'openCodexPath'
  | 'manageTrust';

/** What may help after a failure, the best first. */
const helpOf: Readonly<Record<TurnErrorCode, readonly FailureAction[]>> = {
  lane_locked: ['unlockNative', 'selectLane'],
  lane_disabled: ['selectLane'],
  runtime_missing: ['openCodexPath', 'refreshStatus', 'selectLane'],
  authentication_required: ['setApiKey', 'refreshStatus'],
  unauthorized: ['setApiKey', 'selectLane'],
  forbidden: ['setApiKey', 'selectLane'],
  not_found: ['showLog'],
  model_unknown: ['selectLane', 'showLog'],
  bad_request: ['showLog'],
  rate_limited: ['selectLane'],
  quota_exceeded: ['selectLane'],
  usage_limit: ['selectLane'],
  overloaded: ['selectLane'],
  server_error: ['selectLane', 'showLog'],
  context_full: ['showLog'],
  incomplete: ['showLog'],
  refused: [],
  stream_cut: ['showLog'],
  connection_failed: ['selectLane', 'showLog'],
  no_response: ['selectLane', 'showLog'],
  config_invalid: ['showLog'],
  provider_unknown: ['showLog'],
  folder_missing: [],
  folder_untrusted: ['manageTrust', 'selectLane'],
  not_a_git_folder: ['selectLane'],
  resume_not_found: ['showLog'],
  resume_mismatch: ['showLog'],
  thread_busy: [],
  runtime_crashed: ['refreshStatus', 'showLog'],
  runtime_killed: ['refreshStatus', 'showLog'],
  protocol_error: ['refreshStatus', 'showLog'],
  disk_full: ['showLog'],
  budget_spent: [],
  internal: ['showLog'],
};

function labelOf(action: FailureAction): string {
  switch (action) {
    case 'setApiKey':
      return t('actionSetApiKey');
    case 'unlockNative':
      return t('actionUnlockNative');
    case 'refreshStatus':
      return t('actionRefreshStatus');
    case 'selectLane':
      return t('actionSelectLane');
    case 'showLog':
      return t('actionShowLog');
    case 'openCodexPath':
      return t('actionOpenCodexPath');
    case 'manageTrust':
      return t('actionManageTrust');
  }
}

/** What happened in a sentence, what to do as buttons, the details folded. */
export function FailureRow({ row }: { readonly row: RowOf<'failure'> }): JSX.Element {
  const { actions } = useApp();
  const { open, toggle } = useExpanded(row.key, false);
  const { code, message, hint, detail } = row.error;
  const id = `body-${row.key}`;
  return (
    <div class="failure">
      <div class="failure-line">
        <span class="state error">
          <Icon name="error" />
          <span class="sr-only">{t('stateFailed')} </span>
        </span>
        <div class="failure-words">
          <p>{message}</p>
          {hint !== null && <p class="hint">{hint}</p>}
        </div>
      </div>
      <div class="buttons">
        {helpOf[code].map((action) => (
          <button key={action} type="button" class="button" onClick={() => actions.run(action)}>
            {labelOf(action)}
          </button>
        ))}
        <button
          type="button"
          class="link-button"
          aria-expanded={open}
          aria-controls={open ? id : undefined}
          onClick={toggle}
        >
          {t('failureDetails', code)}
        </button>
      </div>
      {open && (
        <pre class="details" id={id}>
          {detail ?? code}
        </pre>
      )}
    </div>
  );
}
