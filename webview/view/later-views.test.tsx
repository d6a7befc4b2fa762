import { cleanup, render } from '@testing-library/preact';
import { afterEach, expect, test, vi } from 'vitest';
import { JsonPane, loadLaterViews, OutputPane } from './later-views.tsx';

afterEach(cleanup);

const output = '\u001b[31mred\u001b[0m\r\nplain\n\n';

function show() {
  return render(
    <>
      <OutputPane text={output} label="Output" short />
      <JsonPane label="Result" value={{ a: 1 }} />
    </>,
  );
}

// In this order: the script comes once.
test('until its script has come an output is text alone, and is drawn anew once it has', async () => {
  const { container } = show();
  expect(container.querySelector('.pane.short .scroll .terminal')?.textContent).toBe('red\nplain');
  expect(container.querySelectorAll('button, .fact-pane')).toHaveLength(0);
  await vi.waitFor(() => expect(container.querySelectorAll('.pane-bar')).toHaveLength(2));
  expect(container.querySelector('.front')?.textContent).toBe('red');
});

test('from then on they are there at once', async () => {
  await loadLaterViews();
  const { container } = show();
  expect(container.querySelectorAll('.pane-bar')).toHaveLength(2);
});
