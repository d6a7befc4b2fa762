import { l10n, MarkdownString, StatusBarAlignment, window } from 'vscode';
import { ageOf, barText, laneWords } from '../../routing/index.ts';
import type { HostContext } from '../context.ts';
import { words } from '../words/index.ts';

/** The lane indicator: what is selected and how it stands, in words; a click opens the lane picker. */
export function register({ extension, status, log }: HostContext): void {
  const item = window.createStatusBarItem('codexLanes.lane', StatusBarAlignment.Right, 100);
  item.name = l10n.t('Codex lane');
  item.command = 'codexLanes.selectLane';
  const draw = () => {
    const { document, checkedAt, checking } = status.current();
    const lane = laneWords(document);
    const age = words(ageOf(checkedAt, Date.now()));
    const lines = [...lane.tooltip.map(words), checking ? l10n.t('Checking…') : age];
    const text = barText(lane, words);
    item.text = checking ? text.replace(/^\$\([^)]*\)/, '$(loading~spin)') : text;
    // Text, not Markdown: an endpoint's name or a detail may hold anything.
    item.tooltip = new MarkdownString().appendText([...new Set(lines)].join('\n\n'));
    item.accessibilityInformation = { label: [l10n.t('Codex lane'), words(lane), ...lines].join(', '), role: 'button' };
  };
  draw();
  item.show();
  extension.subscriptions.push(item, { dispose: status.onChange(draw) });
  log.debug('Status bar shown');
}
