import type { JSX } from 'preact';
import type { LaneSelection, TurnError, TurnErrorCode } from '../../src/model/index.ts';
import { t } from '../strings.ts';
import { useApp } from './app-context.ts';
import { WhyLink } from './why-link.tsx';

/** What a button of a failed turn asks of the host. */
type FailureAction =
  | 'setApiKey'
  | 'unlockNative'
  | 'useApi'
  | 'useNative'
  | 'refreshStatus'
  | 'selectLane'
  | 'showLog'
  | 'openCodexPath'
  | 'manageTrust'
  | 'installCodex'
  | 'useBinary'
  | 'runDoctor'
  | 'setNativeKey'
  | 'chooseNativeAuth'
  | 'liftPin'
  | 'compactThread'
  | 'enableNative'
  | 'chooseTransport'
  | 'openBudgets';

/** What may help after a failure that does not say so itself, the best first. */
const helpOf: Readonly<Record<TurnErrorCode, readonly FailureAction[]>> = {
  lane_locked: ['unlockNative', 'useApi'],
  lane_disabled: ['selectLane'],
  runtime_missing: ['installCodex', 'useBinary', 'useApi'],
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
  budget_spent: ['openBudgets'],
  internal: ['showLog'],
};

/** Refusals of a gate: nothing ran, and every gate can be shown with what opens it. */
const gateCodes: readonly TurnErrorCode[] = [
  'lane_locked',
  'lane_disabled',
  'runtime_missing',
  'authentication_required',
  'folder_untrusted',
];

/** A question that was not answered has a gate's code, and no gate is shut: it names nothing that helps. */
const isOfGate = ({ code, actions }: TurnError): boolean => gateCodes.includes(code) && actions?.length !== 0;

/** The words of an action; null for one that this page does not know: a later release wrote the thread. */
function labelOf(action: string): string | null {
  switch (action as FailureAction) {
    case 'setApiKey':
      return t('actionSetApiKey');
    case 'unlockNative':
      return t('actionUnlockNative');
    case 'useApi':
      return t('actionUseApi');
    case 'useNative':
      return t('actionUseNative');
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
    case 'installCodex':
      return t('actionInstallCodex');
    case 'useBinary':
      return t('actionUseBinary');
    case 'runDoctor':
      return t('actionRunDoctor');
    case 'setNativeKey':
      return t('actionSetNativeKey');
    case 'chooseNativeAuth':
      return t('actionChooseNativeAuth');
    case 'liftPin':
      return t('actionLiftPin');
    case 'compactThread':
      return t('actionCompactThread');
    case 'enableNative':
      return t('actionEnableNative');
    case 'chooseTransport':
      return t('actionChooseTransport');
    case 'openBudgets':
      return t('actionOpenBudgets');
    default:
      return null;
  }
}

/** A refusal names what helps it; an old record of one, and a failure of a lane, get what helps their code. */
function helpFor({ code, actions }: TurnError, asked: LaneSelection | null): readonly string[] {
  if (actions !== undefined) return actions;
  if (asked !== 'codex-native') return helpOf[code];
  // There the endpoint's key pays for nothing, and its limits are not ours.
  return helpOf[code]
    .filter((action) => action !== 'openBudgets')
    .map((action) => (action === 'setApiKey' ? 'setNativeKey' : action));
}

/** What may help after a failed turn, as buttons. */
export function FailureHelp(props: { readonly error: TurnError; readonly asked: LaneSelection | null }): JSX.Element {
  const { error, asked } = props;
  const { actions } = useApp();
  return (
    <>
      {helpFor(error, asked).map((action) => {
        const label = labelOf(action);
        return (
          label !== null && (
            <button key={action} type="button" class="button" onClick={() => actions.run(action)}>
              {label}
            </button>
          )
        );
      })}
      {isOfGate(error) && <WhyLink />}
    </>
  );
}
