import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { ApprovalAnswers, ApprovalField, GivenAnswer, GrantKind, NearMiss, RowOf } from '../../src/model/index.ts';
import { safeLink } from '../markdown/index.ts';
import { t } from '../strings.ts';
import { useApp } from './app-context.ts';
import type { Filled } from './approval-field.tsx';
import { ApprovalFieldView, answerOf, isFilled } from './approval-field.tsx';
import { decisionWords } from './decision-words.ts';
import { useFocusBack } from './focus-back.ts';
import { visible } from './visible.ts';

type ApprovalRow = RowOf<'approval'>;

/** What a question offers: its fields and a button for each decision. Nothing is chosen for the reader, and no key chooses. */
export function ApprovalAnswer({ row }: { readonly row: ApprovalRow }): JSX.Element {
  return row.decision === null && row.open ? <OpenAnswer row={row} /> : <GivenAnswers row={row} />;
}

function OpenAnswer({ row }: { readonly row: ApprovalRow }): JSX.Element {
  const { store, actions } = useApp();
  const part = useRef<HTMLDivElement>(null);
  useFocusBack(part, () => part.current?.closest('.row')?.querySelector<HTMLElement>('.head'));
  const [filled, setFilled] = useState<Readonly<Record<string, Filled>>>(
    () => store.filledIn.get(row.approvalId) ?? {},
  );
  const [missing, setMissing] = useState(false);
  const sending = store.answering.value?.approvalId === row.approvalId;
  const refused = store.answerRefused.value;
  const fill = (field: ApprovalField, value: Filled): void => {
    const next = { ...filled, [field.id]: value };
    setFilled(next);
    setMissing(false);
    // A row that leaves the view comes back with what was typed; a secret does not outlive its field.
    const secret = new Set(row.fields.filter(({ isSecret }) => isSecret).map(({ id }) => id));
    store.filledIn.set(row.approvalId, Object.fromEntries(Object.entries(next).filter(([id]) => !secret.has(id))));
  };
  const decide = (decision: ApprovalRow['decisions'][number], grant?: GrantKind): void => {
    if (sending) return;
    const fields = decision.takesAnswers === true ? row.fields : [];
    const lacks = fields.some((field) => !isFilled(field, filled[field.id]));
    setMissing(lacks);
    if (lacks) return;
    const answers = answersOf(fields, filled);
    const given: GivenAnswer = {
      decision: decision.id,
      ...(Object.keys(answers).length === 0 ? {} : { answers }),
      ...(grant === undefined ? {} : { grant }),
    };
    actions.answer(row, given);
  };
  const { grants } = row;
  const granting = grants === null ? undefined : row.decisions.find(({ id }) => id === grants.decision);
  const fields = row.fields.map((field) => (
    <ApprovalFieldView
      key={field.id}
      name={`${row.approvalId} ${field.id}`}
      field={isWordAlone(row) ? { ...field, question: t('wordToModel') } : field}
      value={filled[field.id]}
      isWrong={missing && !isFilled(field, filled[field.id])}
      onChange={(value) => fill(field, value)}
    />
  ));
  return (
    <div class="approval-answer" ref={part}>
      {row.near !== null && <p>{nearWords(row.near)}</p>}
      {row.url !== null && <OpenPage url={row.url} />}
      {!isWordAlone(row) && fields}
      <div class="buttons">
        {row.decisions.map((decision) => (
          <button
            key={decision.id}
            type="button"
            class="button"
            aria-disabled={sending}
            onClick={() => decide(decision)}
          >
            {decisionWords(row.subject, decision)}
          </button>
        ))}
      </div>
      {granting !== undefined && (
        <div class="buttons">
          {grants?.kinds.map((kind) => (
            <button
              key={kind}
              type="button"
              class="button"
              aria-disabled={sending}
              onClick={() => decide(granting, kind)}
            >
              {kind === 'thread' ? t('grantThread') : t('grantFolder')}
            </button>
          ))}
        </div>
      )}
      {granting !== undefined && grants?.scripts !== undefined && (
        <p class="note">{t('grantScripts', grants.scripts.map(({ name }) => `\`${visible(name)}\``).join(', '))}</p>
      )}
      {isWordAlone(row) && fields}
      {missing && (
        <p class="answer-problem" role="status">
          {t('answerMissing')}
        </p>
      )}
      {refused?.approvalId === row.approvalId && <p class="answer-problem">{refused.message}</p>}
    </div>
  );
}

/** What goes along with a refusal, and is asked in the page's own words. */
const isWordAlone = ({ subject, fields }: ApprovalRow): boolean =>
  subject !== 'mcp' && subject !== 'user_input' && fields.length === 1 && fields[0]?.id === 'word';

/** The host says where it leads before it opens. */
function OpenPage({ url }: { readonly url: string }): JSX.Element {
  const { actions } = useApp();
  const link = safeLink(url);
  // What no link may lead to is read, and not opened.
  if (link?.kind !== 'url') return <p class="note">{visible(url)}</p>;
  return (
    <button type="button" class="link-button" onClick={() => actions.openLink(link)}>
      {t('openPage', visible(url))}
    </button>
  );
}

/** What was answered. A secret came without its text. */
function GivenAnswers({ row }: { readonly row: ApprovalRow }): JSX.Element | null {
  const { store } = useApp();
  const refused = store.answerRefused.value;
  // Of questions that were answered in part each is shown: nothing else says what the others asked.
  const isShown = ({ id }: ApprovalField) => id in row.answers || row.subject === 'user_input';
  const given = Object.keys(row.answers).length === 0 ? [] : row.fields.filter(isShown);
  const decision = row.decisions.find(({ id }) => id === row.decision);
  return (
    <div class="approval-answer">
      {decision?.detail !== undefined && <p>{decisionWords(row.subject, decision)}</p>}
      {row.grant !== null && <p>{row.grant === 'thread' ? t('grantedThread') : t('grantedFolder')}</p>}
      {given.length > 0 && (
        <dl>
          {given.map((field) => (
            <div key={field.id}>
              <dt>{isWordAlone(row) ? t('wordGiven') : visible(field.question)}</dt>
              <dd>{visible(answerText(field, row.answers[field.id]) ?? t('notAnswered'))}</dd>
            </div>
          ))}
        </dl>
      )}
      {refused?.approvalId === row.approvalId && <p class="answer-problem">{refused.message}</p>}
    </div>
  );
}

/** What was chosen by name; null = nothing. */
function answerText({ options }: ApprovalField, values: readonly string[] | undefined): string | null {
  if (values === undefined) return null;
  return values.map((value) => options.find((option) => option.value === value)?.label ?? value).join(', ');
}

function answersOf(fields: readonly ApprovalField[], filled: Readonly<Record<string, Filled>>): ApprovalAnswers {
  return Object.fromEntries(
    fields.flatMap((field) => {
      const given = answerOf(field, filled[field.id]);
      return given.length === 0 ? [] : [[field.id, given] as const];
    }),
  );
}

function nearWords({ why, command, folder }: NearMiss): string {
  switch (why) {
    case 'other_folder':
      return t('nearFolder', visible(folder));
    case 'other_arguments':
      return t('nearArguments', visible(command));
    case 'other_thread':
      return t('nearThread');
    case 'lapsed':
      return t('nearLapsed');
    case 'other_sandbox':
      return t('nearSandbox');
    case 'script_changed':
      return t('nearScript');
  }
}
