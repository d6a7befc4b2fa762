import type { JSX } from 'preact';
import { CodeText } from '../highlight/index.ts';
import { usePageActions } from '../markdown/index.ts';
import { t } from '../strings.ts';
import { Icon } from './icon.tsx';

const maxLength = 20_000;

/** A value that a tool was given or gave: data in lines and colours, text as it is. Long ones are whole in the editor. */
export function JsonPane({ label, value }: { readonly label: string; readonly value: unknown }): JSX.Element {
  const { copy, openText } = usePageActions();
  const { text, isData } = pretty(value);
  const [showWords, copyWords] =
    label === '' ? [t('showOutput'), t('copyOutput')] : [t('showValue', label), t('copyValue', label)];
  const language = isData ? 'json' : null;
  if (text.trim() === '') {
    return (
      <div class="fact-pane">
        <div class="label">{label}</div>
        <div class="note">{t('noOutput')}</div>
      </div>
    );
  }
  const shown = text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
  return (
    <div class="fact-pane">
      <div class="label">{label}</div>
      <div class="pane">
        <div class="pane-bar">
          <button
            type="button"
            class="icon-button"
            title={showWords}
            onClick={() => openText(text, { kind: 'output', language })}
          >
            <Icon name="go-to-file" />
            <span class="sr-only">{showWords}</span>
          </button>
          <button type="button" class="icon-button" title={copyWords} onClick={() => copy(text)}>
            <Icon name="copy" />
            <span class="sr-only">{copyWords}</span>
          </button>
        </div>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
        <section class="scroll" tabIndex={0} aria-label={label}>
          <pre>
            <CodeText text={shown} language={language} settled />
          </pre>
        </section>
      </div>
    </div>
  );
}

function pretty(value: unknown): { readonly text: string; readonly isData: boolean } {
  const data = typeof value === 'string' ? dataIn(value) : value;
  if (typeof data === 'string') return { text: data, isData: false };
  try {
    return { text: JSON.stringify(data, null, 2) ?? '', isData: true };
  } catch {
    return { text: String(data), isData: false };
  }
}

/** Tools often give their data as text. Numbers that JavaScript can't hold exactly stay as they were written. */
function dataIn(text: string): unknown {
  if (!/^\s*[[{]/.test(text) || /\d{16}|\d\.\d+[eE]|\.\d{15}/.test(text)) return text;
  try {
    const data: unknown = JSON.parse(text);
    return data;
  } catch {
    return text;
  }
}
