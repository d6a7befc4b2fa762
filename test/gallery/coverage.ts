import type {
  ApprovalField,
  ApprovalSubject,
  BaselineGap,
  BaselineGrade,
  EventBody,
  EventKind,
  FileChange,
  GrantKind,
  InterruptedBy,
  ItemStatus,
  NearMiss,
  PlanStep,
  ProgressStep,
  ProgressWait,
  Receipt,
  Row,
  RowKind,
  SendQuestion,
  TurnAct,
  TurnErrorCode,
  WarningSource,
} from '../../src/model/index.ts';
import type { Scene } from './scene.ts';
import { logOf, playOf, viewOf } from './scene.ts';

/** Every member of a closed union: the compiler asks for one that is added to it. */
const all = <T extends string>(members: Readonly<Record<T, true>>): readonly T[] => Object.keys(members) as T[];

type Of<K extends EventKind> = Extract<EventBody, { readonly kind: K }>;
type WithStatus = Extract<Row, { readonly status: ItemStatus }>['kind'];

const statuses = all<ItemStatus>({ in_progress: true, completed: true, failed: true, declined: true });
const withStatus = all<WithStatus>({
  command: true,
  'file-change': true,
  mcp: true,
  tool: true,
  'web-search': true,
  subagent: true,
});

/** What the gallery has to show, by the name of what it is about. */
export const wanted: readonly string[] = [
  ...all<EventKind>({
    assistant_text: true,
    reasoning: true,
    command_execution: true,
    file_change: true,
    mcp_call: true,
    tool_call: true,
    web_search: true,
    subagent: true,
    review_mode: true,
    plan_updated: true,
    thread_status_changed: true,
    usage_updated: true,
    model_rerouted: true,
    turn_diff_updated: true,
    stalled: true,
    context_compacted: true,
    warning: true,
    system_notice: true,
    worktree_created: true,
    unsupported_raw_event: true,
    approval_requested: true,
    approval_resolved: true,
    thread_started: true,
    thread_renamed: true,
    thread_forked: true,
    thread_imported: true,
    thread_options_changed: true,
    worktree_closed: true,
    user_message: true,
    lane_decided: true,
    turn_started: true,
    snapshot_taken: true,
    disk_change_detected: true,
    receipt: true,
    turn_completed: true,
    turn_failed: true,
    turn_interrupted: true,
  })
    // These draw nothing of their own.
    .filter((kind) => kind !== 'turn_diff_updated' && kind !== 'thread_options_changed')
    .map((kind) => `event ${kind}`),
  ...all<RowKind>({
    user: true,
    text: true,
    reasoning: true,
    command: true,
    'file-change': true,
    mcp: true,
    tool: true,
    'web-search': true,
    subagent: true,
    plan: true,
    approval: true,
    warning: true,
    notice: true,
    raw: true,
    failure: true,
    interruption: true,
    receipt: true,
  }).map((kind) => `row ${kind}`),
  ...withStatus.flatMap((kind) => [...statuses, 'cut off'].map((status) => `${kind} ${status}`)),
  ...all<TurnErrorCode>({
    lane_locked: true,
    lane_disabled: true,
    runtime_missing: true,
    authentication_required: true,
    unauthorized: true,
    forbidden: true,
    not_found: true,
    model_unknown: true,
    bad_request: true,
    rate_limited: true,
    quota_exceeded: true,
    usage_limit: true,
    overloaded: true,
    server_error: true,
    context_full: true,
    incomplete: true,
    refused: true,
    stream_cut: true,
    connection_failed: true,
    no_response: true,
    config_invalid: true,
    provider_unknown: true,
    folder_missing: true,
    folder_untrusted: true,
    not_a_git_folder: true,
    resume_not_found: true,
    resume_mismatch: true,
    thread_busy: true,
    runtime_crashed: true,
    runtime_killed: true,
    protocol_error: true,
    disk_full: true,
    budget_spent: true,
    internal: true,
  }).map((code) => `failure ${code}`),
  ...all<InterruptedBy>({ user: true, shutdown: true, timeout: true }).map((by) => `end ${by}`),
  ...all<WarningSource>({ process: true, history: true, thread: true, config: true, provisioning: true }).map(
    (source) => `warning ${source}`,
  ),
  ...all<ApprovalSubject>({ command: true, file_change: true, mcp: true, permissions: true, user_input: true }).map(
    (subject) => `approval ${subject}`,
  ),
  ...all<Of<'approval_resolved'>['decidedBy']>({ user: true, grant: true, policy: true, lifecycle: true }).map(
    (by) => `decided by ${by}`,
  ),
  ...all<ApprovalSubject>({ command: true, file_change: true, mcp: true, permissions: true, user_input: true }).map(
    (subject) => `open ${subject}`,
  ),
  ...all<ApprovalField['input']>({ none: true, text: true, number: true, integer: true }).map(
    (input) => `field ${input}`,
  ),
  ...all<GrantKind>({ thread: true, folder: true }).map((kind) => `grant ${kind}`),
  ...all<NearMiss['why']>({
    other_folder: true,
    other_arguments: true,
    other_thread: true,
    lapsed: true,
    other_sandbox: true,
    script_changed: true,
  }).map((why) => `asked again ${why}`),
  ...['withdrawn', 'never decided', 'several answers', 'secret answer', 'offered grants'],
  ...all<Of<'user_message'>['delivery']>({ start: true, steer: true, queued: true }).map((how) => `prompt ${how}`),
  ...all<TurnAct['kind']>({ compact: true, review: true }).map((kind) => `asked to ${kind}`),
  ...all<FileChange['kind']>({ add: true, update: true, delete: true, move: true }).map((kind) => `change ${kind}`),
  ...all<BaselineGrade>({ exact: true, git: true, copied: true, reconstructed: true, unknown: true }).map(
    (grade) => `baseline ${grade}`,
  ),
  ...all<BaselineGap>({
    untrusted: true,
    'no-git': true,
    'no-repository': true,
    'other-repository': true,
    outside: true,
    ignored: true,
    link: true,
    'too-large': true,
    'too-many': true,
    'changed-before': true,
    'not-kept': true,
    'too-slow': true,
  }).map((gap) => `gap ${gap}`),
  ...all<PlanStep['status']>({ pending: true, in_progress: true, completed: true }).map((status) => `step ${status}`),
  ...all<Of<'worktree_closed'>['how']>({ merged: true, discarded: true }).map((how) => `worktree ${how}`),
  ...all<Of<'review_mode'>['change']>({ entered: true, left: true }).map((change) => `review ${change}`),
  ...all<Receipt['killStep']>({ none: true, SIGINT: true, SIGKILL: true }).map((step) => `ended with ${step}`),
  ...all<ProgressWait['on']>({
    process: true,
    thread: true,
    turn: true,
    network: true,
    reply: true,
    command: true,
    tool: true,
    exit: true,
  }).flatMap((on) => [`waiting for ${on}`, `stalled at ${on}`]),
  ...all<ProgressStep['what']>({
    'process-started': true,
    'thread-started': true,
    'turn-started': true,
    'request-sent': true,
    'request-accepted': true,
    reconnecting: true,
  }).map((what) => `progress ${what}`),
  ...all<SendQuestion['kind']>({ 'payer-changed': true, 'folder-trust': true, 'no-git': true }).map(
    (kind) => `question ${kind}`,
  ),
];

/** What a scene shows, by the same names. */
export function shownBy(scene: Scene): readonly string[] {
  const { composer, ask } = scene;
  const { snapshot } = playOf(scene);
  const progress = composer?.progress ?? null;
  return [
    ...logOf(scene).events.flatMap(shownByEvent),
    ...[...viewOf(scene).rows, ...viewOf(scene).queued].flatMap(shownByRow),
    ...(progress === null ? [] : [`waiting for ${progress.waiting.on}`]),
    ...(progress?.steps.map(({ what }) => `progress ${what}`) ?? []),
    ...(ask === undefined || snapshot.type !== 'snapshot' ? [] : [`question ${ask.kind}`]),
  ];
}

function shownByEvent(event: EventBody): readonly string[] {
  const name = `event ${event.kind}`;
  switch (event.kind) {
    case 'worktree_closed':
      return [name, `worktree ${event.how}`];
    case 'review_mode':
      return [name, `review ${event.change}`];
    case 'stalled':
      return [name, `stalled at ${event.hop}`];
    default:
      return [name];
  }
}

function shownByRow(row: Row): readonly string[] {
  const name = `row ${row.kind}`;
  switch (row.kind) {
    case 'user':
      return [name, `prompt ${row.delivery}`, ...(row.act === undefined ? [] : [`asked to ${row.act.kind}`])];
    case 'command':
    case 'mcp':
    case 'tool':
    case 'web-search':
    case 'subagent':
      return [name, `${row.kind} ${row.cutOff ? 'cut off' : row.status}`];
    case 'file-change':
      return [
        name,
        `${row.kind} ${row.cutOff ? 'cut off' : row.status}`,
        ...row.changes.map(({ kind }) => `change ${kind}`),
        ...row.baselines.flatMap(({ grade, gap }) => [`baseline ${grade}`, `gap ${gap}`]),
      ];
    case 'plan':
      return [name, ...row.steps.map(({ status }) => `step ${status}`)];
    case 'approval':
      return [
        ...[name, `approval ${row.subject}`, `decided by ${row.decidedBy}`, `grant ${row.grant}`],
        ...(row.open ? [`open ${row.subject}`, `asked again ${row.near?.why}`] : []),
        ...row.fields.map(({ input }) => `field ${input}`),
        ...(row.fields.some(({ takesMany }) => takesMany) ? ['several answers'] : []),
        ...(row.fields.some(({ isSecret }) => isSecret) ? ['secret answer'] : []),
        ...(row.grants === null ? [] : ['offered grants']),
        ...(row.decision === 'withdrawn' ? ['withdrawn'] : []),
        ...(row.decision === null && !row.open ? ['never decided'] : []),
      ];
    case 'warning':
      return [name, `warning ${row.source}`];
    case 'failure':
      return [name, `failure ${row.error.code}`];
    case 'interruption':
      return [name, `end ${row.by}`];
    case 'receipt':
      return [name, `ended with ${row.receipt.killStep}`];
    default:
      return [name];
  }
}
