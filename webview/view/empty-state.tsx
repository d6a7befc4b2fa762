import type { JSX } from 'preact';
import { t } from '../strings.ts';
import { useApp } from './app-context.ts';
import { WhyLink } from './why-link.tsx';

/** One line on how things stand, and prompts to begin with. */
export function EmptyState(): JSX.Element {
  const { store, actions } = useApp();
  const welcome = store.welcome.value;
  return (
    <main class="transcript empty">
      {welcome !== null && (
        <div class="welcome">
          <p>
            {welcome.line} {welcome.why && <WhyLink />}
          </p>
          {welcome.prompts.length > 0 && (
            <ul aria-label={t('suggestions')}>
              {welcome.prompts.map((prompt) => (
                <li key={prompt}>
                  <button type="button" class="suggestion" onClick={() => actions.insert(prompt)}>
                    {prompt}
                  </button>
                </li>
              ))}
            </ul>
          )}
        </div>
      )}
    </main>
  );
}
