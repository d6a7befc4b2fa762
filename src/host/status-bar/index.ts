import { l10n, MarkdownString, StatusBarAlignment, window } from 'vscode';
import type { StampedStatus } from '../../model/index.ts';
import type { ActionId } from '../../routing/index.ts';
import { actionOf, ageOf, barText, explain, explainHover, laneWords } from '../../routing/index.ts';
import type { HostContext } from '../context.ts';
import { localTime } from '../local-time.ts';
import { words } from '../words/index.ts';

const rule = '\n\n---\n\n';

/** What the hover offers beside what helps the lane. */
const offered: readonly ActionId[] = ['selectLane', 'explain', 'refreshStatus'];

/** The lane indicator: what is selected and how it stands, in words; a click opens the lane picker. */
export function register({ extension, status, workspace, log }: HostContext): void {
  const item = window.createStatusBarItem('codexLanes.lane', StatusBarAlignment.Right, 100);
  item.name = l10n.t('Codex lane');
  item.command = 'codexLanes.selectLane';
  const draw = () => {
    const now = status.current();
    const lane = laneWords(now);
    const text = barText(lane, words);
    const lines = linesOf(now);
    item.text = now.checking ? text.replace(/^\$\([^)]*\)/, '$(loading~spin)') : text;
    item.tooltip = hoverOf(now, lines, workspace.trusted());
    item.accessibilityInformation = { label: [l10n.t('Codex lane'), words(lane), ...lines].join(', '), role: 'button' };
  };
  draw();
  item.show();
  extension.subscriptions.push(item, { dispose: status.onChange(draw) });
  log.debug('Status bar shown');
}

/** The lane's truth, and when it was looked at: a hover is not drawn anew as time goes by. */
function linesOf(now: StampedStatus): readonly string[] {
  const { checkedAt, checking } = now;
  const checked =
    checkedAt === null
      ? words(ageOf(null, 0))
      : l10n.t('Checked at {0}', localTime(new Date(checkedAt), { timeStyle: 'short', dateStyle: 'short' }));
  return [...new Set([...laneWords(now).tooltip.map(words), checking ? l10n.t('Checking…') : checked])];
}

function hoverOf(now: StampedStatus, lines: readonly string[], trusted: boolean): MarkdownString {
  const help = laneWords(now).action;
  const ids = new Set([...(help === null ? [] : [help]), ...offered.filter((id) => trusted || id !== 'refreshStatus')]);
  const actions = [...ids].map(actionOf);
  const hover = new MarkdownString();
  // Nothing but these may be run from a text in which an endpoint or an account is named.
  hover.isTrusted = { enabledCommands: actions.map(({ command }) => command) };
  // Text, not Markdown: an endpoint's name or a detail may hold anything.
  hover.appendText(lines.join('\n\n'));
  hover.appendMarkdown(['', explainHover(explain(now.inputs, now.since)), ''].join(rule));
  const links = actions.map(({ command, args, label }) => {
    const query = args.length === 0 ? '' : `?${encodeURIComponent(JSON.stringify(args))}`;
    return `[${words(label)}](command:${command}${query})`;
  });
  hover.appendMarkdown(links.join(' · '));
  return hover;
}
