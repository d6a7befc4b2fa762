import type { TreeDataProvider } from 'vscode';
import { EventEmitter, MarkdownString, ThemeIcon, TreeItem, TreeItemCollapsibleState, window } from 'vscode';
import type { RuntimeNode } from '../../routing/index.ts';
import { actionOf, explain, explainHover, runtimeTree } from '../../routing/index.ts';
import type { HostContext } from '../context.ts';
import { dayTime } from '../day-time.ts';
import { workingText } from '../running/index.ts';
import { words } from '../words/index.ts';

/** How often ages are told anew: those of running processes count seconds, that of a check counts minutes. */
const runningTick = 5_000;
const idleTick = 60_000;

/** The Runtime view: what every lane stands on, and a click on a row does the one thing that helps. */
export function register({ extension, status, processes, running, readings }: HostContext): void {
  const changed = new EventEmitter<void>();
  const provider: TreeDataProvider<RuntimeNode> = {
    onDidChangeTreeData: changed.event,
    getChildren: (node) => [...(node?.children ?? roots())],
    getTreeItem: (node) => itemOf(node, whyLanes),
  };
  const roots = () => {
    const told = { readings: readings.current(), timeOf: (at: number) => dayTime(at) };
    return runtimeTree(status.current(), Date.now(), processes.current(), running.titleOf, told);
  };
  const whyLanes = () => {
    const { inputs, since } = status.current();
    return explainHover(explain(inputs, since));
  };
  const view = window.createTreeView('codexLanes.runtime', { treeDataProvider: provider });
  // Beside the view's icon, where it is seen with the view closed, too.
  const count = () => {
    const { length } = running.current();
    view.badge = length === 0 ? undefined : { value: length, tooltip: workingText(length) };
  };
  // Nothing ticks while nobody looks.
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tick = () => {
    clearTimeout(timer);
    if (!view.visible) return;
    timer = setTimeout(draw, processes.current().length > 0 ? runningTick : idleTick);
  };
  const draw = () => {
    changed.fire();
    tick();
  };
  extension.subscriptions.push(
    changed,
    view,
    { dispose: status.onChange(draw) },
    { dispose: processes.onChange(draw) },
    { dispose: readings.onChange(draw) },
    { dispose: running.onChange(count) },
    view.onDidChangeVisibility(draw),
    { dispose: () => clearTimeout(timer) },
  );
  tick();
}

function itemOf(node: RuntimeNode, whyLanes: () => string): TreeItem {
  const leaf = node.children.length === 0;
  const item = new TreeItem(words(node.label), leaf ? TreeItemCollapsibleState.None : openOrClosed(node));
  // The editor redraws a row as open or closed as it was before: one that only now has rows below it counts as another.
  item.id = leaf ? node.id : `${node.id}/`;
  if (node.description !== null) item.description = words(node.description);
  if (node.icon !== null) item.iconPath = new ThemeIcon(node.icon);
  item.tooltip = tooltipOf(node, whyLanes);
  if (node.contextValue !== undefined) item.contextValue = `codexLanes.${node.contextValue}`;
  // A section opens and closes on a click; only its rows do something.
  if (leaf && node.action !== undefined) {
    const { command, args, label } = actionOf(node.action);
    item.command = { command, title: words(label), arguments: [...args] };
  }
  return item;
}

function openOrClosed({ collapsed }: RuntimeNode): TreeItemCollapsibleState {
  return collapsed === true ? TreeItemCollapsibleState.Collapsed : TreeItemCollapsibleState.Expanded;
}

/** A row's own words as text, since a path or a name may hold anything; the rows of the lane say why, too. */
function tooltipOf({ id, tooltip }: RuntimeNode, whyLanes: () => string): MarkdownString | undefined {
  const explained = id === 'lane' || id === 'gates' || id.startsWith('lane.option.');
  if (tooltip === null && !explained) return undefined;
  const hover = new MarkdownString();
  if (tooltip !== null) hover.appendText(words(tooltip));
  if (explained) hover.appendMarkdown(`${tooltip === null ? '' : '\n\n'}${whyLanes()}`);
  return hover;
}
