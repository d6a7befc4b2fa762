import type { TreeDataProvider } from 'vscode';
import { EventEmitter, MarkdownString, ThemeIcon, TreeItem, TreeItemCollapsibleState, window } from 'vscode';
import type { RuntimeNode } from '../../routing/index.ts';
import { actionOf, runtimeTree } from '../../routing/index.ts';
import type { HostContext } from '../context.ts';
import { words } from '../words/index.ts';

/** The Runtime view: what every lane stands on, and a click on a row does the one thing that helps. */
export function register({ extension, status }: HostContext): void {
  const changed = new EventEmitter<void>();
  const provider: TreeDataProvider<RuntimeNode> = {
    onDidChangeTreeData: changed.event,
    getChildren: (node) => [...(node?.children ?? roots())],
    getTreeItem: itemOf,
  };
  const roots = () => runtimeTree(status.current(), Date.now());
  const view = window.createTreeView('codexLanes.runtime', { treeDataProvider: provider });
  extension.subscriptions.push(changed, view, { dispose: status.onChange(() => changed.fire()) });
}

function itemOf(node: RuntimeNode): TreeItem {
  const leaf = node.children.length === 0;
  const item = new TreeItem(
    words(node.label),
    leaf ? TreeItemCollapsibleState.None : TreeItemCollapsibleState.Expanded,
  );
  item.id = node.id;
  if (node.description !== null) item.description = words(node.description);
  if (node.icon !== null) item.iconPath = new ThemeIcon(node.icon);
  if (node.tooltip !== null) item.tooltip = new MarkdownString().appendText(words(node.tooltip));
  // A section opens and closes on a click; only its rows do something.
  if (leaf && node.action !== undefined) {
    const { command, args, label } = actionOf(node.action);
    item.command = { command, title: words(label), arguments: [...args] };
  }
  return item;
}
