import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { t } from '../strings.ts';
import { Icon } from './icon.tsx';
import { keyNames, sendKeys } from './key-names.ts';

/** Every key of the page. `onClose` once it is closed; the focus is then where it was before. */
export function ShortcutsList({ onClose }: { readonly onClose: () => void }): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog class="shortcuts" ref={dialog} aria-labelledby="shortcuts" onClose={onClose}>
      <div class="shortcuts-head">
        <h2 id="shortcuts">{t('shortcuts')}</h2>
        <button type="button" class="icon-button" title={t('close')} onClick={() => dialog.current?.close()}>
          <Icon name="close" />
          <span class="sr-only">{t('close')}</span>
        </button>
      </div>
      <dl>
        {shortcuts().map(([keys, what]) => (
          <div key={what}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{keyNames(key)}</kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </dialog>
  );
}

function shortcuts(): readonly (readonly [keys: readonly string[], what: string])[] {
  const mac = /^Mac/.test(navigator.platform);
  const keys = sendKeys();
  const main = mac ? '⌘' : 'Ctrl+';
  const stop = mac ? '⌘Esc' : /^Win/.test(navigator.platform) ? 'Alt+Backspace' : 'Ctrl+Esc';
  return [
    [[keys.steer], t('keySend')],
    [[keys.queue], t('keyQueue')],
    [[keys.now], t('keyNow')],
    [['Shift+Enter'], t('keyNewLine')],
    [['↑', '↓'], t('keyHistory')],
    [[stop], t('keyStop')],
    [[`${main}↑`], t('keyLatest')],
    [[`${main}↓`], t('keyPrompt')],
    [['↑', '↓'], t('keyRows')],
    [['Home', 'End'], t('keyEnds')],
    [['→', '←'], t('keyOpens')],
    [[mac ? '⌘F' : 'Ctrl+F'], t('keyFind')],
    [['Alt+O'], t('keyOutline')],
    [['Alt+↓', 'Alt+↑'], t('keyTurns')],
    [['Esc'], t('keyBack')],
    [['Alt+F1'], t('keyHelp')],
  ];
}
