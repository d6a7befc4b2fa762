import type { JSX } from 'preact';
import type { SendQuestion } from '../../src/model/index.ts';
import { t } from '../strings.ts';
import { useApp } from './app-context.ts';
import { Icon } from './icon.tsx';
import { isNo, questionWords } from './send-question.ts';

/**
 * What changes with this prompt, before it is sent. Nothing is chosen for the reader: the focus stays in the prompt,
 * where Enter asks again and Escape means no.
 */
export function SendQuestionNote(): JSX.Element | null {
  const { store, actions } = useApp();
  const question = store.question.value;
  if (question === null) return null;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset draws and names itself by a legend; these are words and two buttons
    <div
      class="question"
      role="group"
      aria-labelledby="question"
      onKeyDown={(event) => {
        if (!isNo(event)) return;
        event.preventDefault();
        actions.declineSend();
      }}
    >
      <Icon name={iconOf(question.ask.kind)} class="warning" />
      <div>
        <p id="question">{questionWords(question.ask)}</p>
        <p class="note">{t('notSentYet')}</p>
        <div class="buttons">
          <button type="button" class="button" onClick={() => actions.confirmSend()}>
            {t('sendAnyway')}
          </button>
          <button type="button" class="button" onClick={() => actions.declineSend()}>
            {t('dontSend')}
          </button>
        </div>
      </div>
    </div>
  );
}

function iconOf(kind: SendQuestion['kind']): string {
  switch (kind) {
    case 'payer-changed':
      return 'key';
    case 'folder-trust':
      return 'shield';
    case 'no-git':
      return 'source-control';
  }
}
