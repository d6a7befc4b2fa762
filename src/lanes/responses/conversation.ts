import type { Attachment } from '../../model/index.ts';
import type { HistoryAct, HistoryMessage, ToolPart } from '../../ports/index.ts';
import { builtInOutput, isBuiltInCall } from './built-in-tools.ts';
import type { Answered } from './calls.ts';
import type { InputItem } from './request.ts';

/** What a user says: text, the files named in it, and images as `data:` URLs. */
export function userMessage(text: string, attachments: readonly Attachment[], images: readonly string[]): InputItem {
  const words = { type: 'input_text', text: withNames(text, attachments, 'file', 'Attached files') };
  return { type: 'message', role: 'user', content: [words, ...images.map(inputImage)] };
}

/** Earlier turns as the endpoint takes them. What was done becomes calls with their outputs, whoever did it. */
export function historyItems(history: readonly HistoryMessage[]): readonly InputItem[] {
  return history.flatMap(itemsOf);
}

function itemsOf(entry: HistoryMessage, index: number): readonly InputItem[] {
  switch (entry.role) {
    case 'user': {
      const { attachments = [] } = entry;
      const text = withNames(entry.text, attachments, 'file', 'Attached files');
      // An image goes along once: each request would carry it again.
      return [message('user', withNames(text, attachments, 'image', 'Attached images (shown earlier)'))];
    }
    case 'assistant':
      return [message('assistant', entry.text)];
    case 'tool': {
      const call_id = `call_earlier_${index + 1}`;
      const { name, args, output } = callOf(entry.act);
      return [
        { type: 'function_call', call_id, name, arguments: JSON.stringify(args) },
        { type: 'function_call_output', call_id, output },
      ];
    }
  }
}

/** What the calls of one answer gave, an item for each that the answer asked for. */
export function outputItems(answered: readonly Answered[]): readonly InputItem[] {
  const byCall = Map.groupBy(answered, ({ call }) => call.item);
  return [...byCall].flatMap(([item, ofIt]): readonly InputItem[] => {
    const [first] = ofIt;
    if (first === undefined) return [];
    const { type, callId } = first.call;
    if (!isBuiltInCall(type)) return ofIt.map(outputItem);
    return [
      builtInOutput(
        type,
        callId,
        item,
        ofIt.map(({ outcome }) => outcome),
      ),
    ];
  });
}

function outputItem({ call: { type, callId }, outcome: { parts } }: Answered): InputItem {
  const texts = parts.filter((part) => part.type === 'text');
  const output = texts.length === parts.length ? texts.map(({ text }) => text).join('\n') : parts.map(wirePart);
  return { type: `${type}_output`, call_id: callId, output };
}

const inputImage = (url: string): InputItem => ({ type: 'input_image', image_url: url, detail: 'auto' });
const wirePart = (part: ToolPart): InputItem =>
  part.type === 'text' ? { type: 'input_text', text: part.text } : inputImage(part.url);

function message(role: 'user' | 'assistant', text: string): InputItem {
  return { type: 'message', role, content: [{ type: role === 'user' ? 'input_text' : 'output_text', text }] };
}

function withNames(text: string, attachments: readonly Attachment[], kind: Attachment['kind'], title: string): string {
  const paths = attachments.filter((one) => one.kind === kind).map(({ path }) => `- ${path}`);
  return paths.length === 0 ? text : `${text}\n\n${title}:\n${paths.join('\n')}`;
}

/** By the names that our own tools have, so that a model sees one kind of conversation. */
function callOf(act: HistoryAct): { readonly name: string; readonly args: unknown; readonly output: string } {
  switch (act.kind) {
    case 'command': {
      const { command, cwd, exitCode, output, status } = act;
      const args = cwd === null ? { command } : { command, workdir: cwd };
      const ended = exitCode === null ? `Status: ${status}` : `Exit code: ${exitCode}`;
      return { name: 'shell', args, output: output === '' ? ended : `${ended}\n${output}` };
    }
    case 'change':
      return {
        name: 'apply_patch',
        args: { input: act.patch },
        output: `Status: ${act.status}\n${act.files.join('\n')}`,
      };
    case 'call':
      return { name: act.name, args: act.arguments, output: act.result === '' ? `Status: ${act.status}` : act.result };
  }
}
