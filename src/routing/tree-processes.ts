import type { LiveProcess } from '../model/index.ts';
import { copy } from './copy.ts';
import type { RuntimeNode } from './runtime-node.ts';
import { node } from './runtime-node.ts';

/** The living processes of this window, oldest first; each may be ended by the host. */
export function processSection(
  processes: readonly LiveProcess[],
  now: number,
  titleOf: (threadId: string) => string | null,
): RuntimeNode {
  if (processes.length === 0) {
    return node('processes', 'tree.processes', { icon: 'server-process', description: copy('tree.processes.none') });
  }
  return node('processes', 'tree.processes', {
    icon: 'server-process',
    description: copy('tree.processes.count', String(processes.length)),
    children: processes.toSorted((a, b) => Date.parse(a.startedAt) - Date.parse(b.startedAt)).map(rowOf),
  });

  function rowOf({ pid, kind, label, startedAt, threadId }: LiveProcess): RuntimeNode {
    const age = ageText(now - Date.parse(startedAt));
    const facts = [copy(`tree.process.${kind}`).english, copy('tree.process.pid', String(pid)).english, age];
    const tooltip =
      threadId === null
        ? copy('verbatim', label)
        : copy('tree.process.of-thread', label, titleOf(threadId) ?? threadId);
    return node(`processes.${pid}`, copy('verbatim', label), {
      description: copy('verbatim', facts.join(' · ')),
      icon: kind === 'turn' ? 'terminal' : 'gear',
      tooltip,
      contextValue: 'process',
      pid,
    });
  }
}

/** Compact and without words; a clock that was set back reads as 0 s. */
function ageText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (!Number.isFinite(seconds)) return '';
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
