import type { ToolIo, ToolOutcome, ToolSession } from '../../ports/index.ts';
import type { AskedCall } from './normalize.ts';
import { noSuchTool } from './normalize.ts';

/** Calls that run side by side: each may be a process, and an answer may hold any number of them. */
const mostAtOnce = 8;

/** One call with what came of it. */
export type Answered = { readonly call: AskedCall; readonly outcome: ToolOutcome };

export type Ran = {
  readonly answered: readonly Answered[];
  /** Calls that did not run since the turn is to end. */
  readonly left: readonly AskedCall[];
};

/**
 * Runs the calls of one answer: side by side where every one of them may be, else in order, until one ends the turn or
 * `mayGoOn` says no. Rejects for the signal alone, and only when nothing of them runs any more.
 */
export async function runCalls(
  session: ToolSession,
  calls: readonly AskedCall[],
  io: ToolIo,
  mayGoOn: () => boolean,
): Promise<Ran> {
  const run = async (call: AskedCall): Promise<Answered> => ({ call, outcome: await runCall(session, call, io) });
  const specOf = ({ name }: AskedCall) => session.specs.find((spec) => spec.name === name);
  if (calls.every((call) => specOf(call)?.parallel === true)) {
    const answered: Answered[] = [];
    for (let from = 0; from < calls.length; from += mostAtOnce) {
      if (!mayGoOn()) return { answered, left: calls.slice(from) };
      io.signal.throwIfAborted();
      const settled = await Promise.allSettled(calls.slice(from, from + mostAtOnce).map(run));
      const done = settled.map((one) => {
        if (one.status === 'rejected') throw one.reason;
        return one.value;
      });
      answered.push(...done);
      if (done.some(({ outcome }) => outcome.endsTurn === true))
        return { answered, left: calls.slice(from + mostAtOnce) };
    }
    return { answered, left: [] };
  }
  const answered: Answered[] = [];
  for (const [index, call] of calls.entries()) {
    if (!mayGoOn()) return { answered, left: calls.slice(index) };
    io.signal.throwIfAborted();
    const one = await run(call);
    answered.push(one);
    if (one.outcome.endsTurn === true) return { answered, left: calls.slice(index + 1) };
  }
  return { answered, left: [] };
}

async function runCall(session: ToolSession, call: AskedCall, io: ToolIo): Promise<ToolOutcome> {
  const { itemId, name } = call;
  const spec = session.specs.find((one) => one.name === name);
  // Its item said so already.
  if (spec === undefined) return { parts: [{ type: 'text', text: noSuchTool(name) }], status: 'failed' };
  const free = call.type === 'custom_tool_call' && spec.freeform !== undefined;
  const input = free ? JSON.stringify({ [spec.freeform.argument]: call.input }) : call.input;
  return session.call({ itemId, name, input }, io);
}
