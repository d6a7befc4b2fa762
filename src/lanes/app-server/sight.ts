import { maskTokens } from '../../base/index.ts';
import type { LaneEvent, ProgressStep } from '../../model/index.ts';
import type { TurnSight, Work } from '../../runtime/index.ts';

/** Most characters of what is shown of work. */
const keptWords = 200;

/** What a turn said of its way, read from its own events. */
export class Sight implements TurnSight {
  thread: TurnSight['thread'] = null;
  turnStarted = false;
  reconnecting: string | null = null;
  end: unknown = null;
  #working: readonly Work[] = [];
  #steps: readonly ProgressStep[] = [];

  get working(): readonly Work[] {
    return this.#working;
  }

  get steps(): readonly ProgressStep[] {
    return this.#steps;
  }

  step(what: ProgressStep['what'], at: string, detail: string | null): void {
    this.#steps = [...this.#steps, { what, at, detail }];
  }

  take(event: LaneEvent, at: string): void {
    const work = workOf(event, at);
    if (work === null) return;
    const others = this.#working.filter(({ id }) => id !== work.id);
    const known = others.length < this.#working.length;
    if (isOver(event)) this.#working = others;
    else if (!known && 'phase' in event && event.phase === 'started') this.#working = [...others, work];
  }

  /** A question waits for the user: until it is answered, silence is normal. */
  asked(id: string, what: string, since: string): void {
    this.#working = [...this.#working, { id, on: 'tool', what: briefly(what), since }];
  }

  answered(id: string): void {
    this.#working = this.#working.filter((work) => work.id !== id);
  }
}

function workOf(event: LaneEvent, since: string): Work | null {
  if (!('itemId' in event) || event.itemId === undefined) return null;
  const { itemId: id } = event;
  const work = (on: Work['on'], what: string): Work => ({ id, on, what: briefly(what), since });
  switch (event.kind) {
    case 'command_execution':
      return work('command', event.command);
    case 'mcp_call':
      return work('tool', `${event.server}/${event.tool}`);
    case 'tool_call':
      return work('tool', event.name);
    case 'subagent':
      return work('tool', event.tool);
    case 'file_change':
    case 'web_search':
      return work('tool', event.kind);
    default:
      return null;
  }
}

function isOver(event: LaneEvent): boolean {
  return 'phase' in event && (event.phase === 'completed' || ('status' in event && event.status !== 'in_progress'));
}

/** Words for a line, without secrets. */
export function briefly(text: string): string {
  const plain = maskTokens(text.replace(/\s+/g, ' ').trim());
  return plain.length <= keptWords ? plain : `${plain.slice(0, keptWords)}…`;
}
