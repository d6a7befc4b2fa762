import type { JSX } from 'preact';
import { t } from '../strings.ts';
import { useApp } from './app-context.ts';
import { WhyLink } from './why-link.tsx';

/** One line on how things stand and what helps, prompts to begin with, and the way to the walkthrough. */
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
          {welcome.does !== undefined && <p>{welcome.does}</p>}
          {welcome.help !== undefined && (
            <p class="help">
              {welcome.help.map(({ id, label }) => (
                <button key={id} type="button" class="link-button" onClick={() => actions.run(id)}>
                  {label}
                </button>
              ))}
            </p>
          )}
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
          <p class="help">
            <button type="button" class="link-button" onClick={() => actions.run('openWalkthrough')}>
              {t('walkthrough')}
            </button>
          </p>
        </div>
      )}
    </main>
  );
}
