import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
// biome-ignore lint/style/noRestrictedImports: its fault is what is shown here
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { LaneEvent, TurnErrorCode } from '../../model/index.ts';
import { nativeThreadId } from '../../model/index.ts';
import { listProcesses } from '../../node/index.ts';
import type { Ran } from './testing/exec-room.ts';
import { ExecRoom, realCodex } from './testing/exec-room.ts';
import type { RawAnswer } from './testing/raw-endpoint.ts';
import { saying, startRawEndpoint } from './testing/raw-endpoint.ts';

/** Everything that the native lane must bring to a proper end: a name without a row below is a failing test. */
const required = [
  'auth missing: no login at all',
  'auth missing: the provider got no key',
  '401',
  '403',
  'quota',
  'usage limit with its reset time',
  'usage limit without a time',
  '5xx: overloaded',
  '5xx: an error of its own',
  'unknown model',
  'context full',
  'incomplete',
  'stream cut, repeated partial messages shown once',
  'connection refused',
  'accepts and says nothing',
  'says nothing from the start',
  'a thread and no turn',
  'stdin: a long prompt, and it is ended',
  'stdin: an empty prompt',
  'stdin: a program that does not read it',
  'malformed config: file and line',
  'malformed config: found by Codex itself',
  'unknown provider',
  'untrusted policy',
  'not a git folder',
  'missing folder',
  'resume unknown',
  'resume by name',
  'resume answered by another thread',
  'resume while another writer has it',
  'binary replaced: gone',
  'binary replaced: no program any more',
  'disk full: Codex’s home',
  'disk full: said by Codex',
  'disk full: our own folder',
  'output over 1 MB: of a command',
  'output over 1 MB: one line',
  'invalid UTF-8',
  'UTF-16',
  'NUL bytes',
  'U+2028 and U+2029 inside a string',
  'unknown event and item types',
  'a line that is not JSON',
  'ended without a word',
  'a message whose item was lost',
] as const;
type RowName = (typeof required)[number];

type Row = {
  /** Runs the turn; what it needs is in the room. */
  readonly run: (room: ExecRoom) => Promise<Ran>;
  /** Absent: the turn completes. */
  readonly code?: TurnErrorCode;
  readonly message?: RegExp;
  /** What the next step says. */
  readonly hint?: RegExp;
  /** What else a user would see. */
  readonly also?: (ran: Ran, room: ExecRoom) => void;
};

const asksAt =
  (answer: RawAnswer, text = 'hello', seconds = 30): Row['run'] =>
  async (room) => {
    const endpoint = await startRawEndpoint(answer);
    try {
      room.askAt(endpoint.url);
      return await room.run(text, { settings: { nativeSilenceTimeoutS: seconds } });
    } finally {
      await endpoint.close();
    }
  };
const refusal = (status: number, error: object): RawAnswer => ({ status, body: { error } });
const says =
  (prompt: string): Row['run'] =>
  (room) =>
    room.run(prompt);
const configured =
  (config: (before: string) => string): Row['run'] =>
  (room) => {
    writeFileSync(room.config, config(room.read('codex-home/config.toml')));
    return room.run('say: hello');
  };

/** A stand-in for Codex that writes `lines` (JavaScript for a Buffer or string) between a thread's begin and end. */
const writes =
  (script: string, end = true): Row['run'] =>
  (room) =>
    room.run('hello', {
      program: room.fake(`
const put = (event) => process.stdout.write(JSON.stringify(event) + '\\n');
const say = (text) => put({ type: 'item.completed', item: { id: 'item_0', type: 'agent_message', text } });
const last = process.argv[process.argv.indexOf('-o') + 1];
process.stdin.resume().on('end', () => {
  put({ type: 'thread.started', thread_id: '01a1fbda-0000-7000-8000-000000000000' });
  put({ type: 'turn.started' });
  ${script}
  ${end ? "put({ type: 'turn.completed', usage: { input_tokens: 1, output_tokens: 1 } });" : ''}
});`),
    });
const exits =
  (stderr: string): Row['run'] =>
  (room) =>
    room.run('hello', {
      program: room.fake(`process.stdin.resume().on('end', () => {
      process.stderr.write(${JSON.stringify(stderr)}); process.exitCode = 1; });`),
    });

const outputOf = ({ events }: Ran): string =>
  events.flatMap((e) => (e.kind === 'command_execution' && e.phase === 'completed' ? [e.output ?? ''] : [])).join('');
const warningsOf = ({ events }: Ran): readonly string[] =>
  events.flatMap((event) => (event.kind === 'warning' ? [event.text] : []));
const unknownOf = ({ events }: Ran): readonly string[] =>
  events.flatMap((event) => (event.kind === 'unsupported_raw_event' ? [event.rawType] : []));

const rows: Readonly<Record<RowName, Row>> = {
  'auth missing: no login at all': {
    run: configured(() => 'model = "gpt-5.5"\n'),
    code: 'authentication_required',
    message: /not signed in/,
    hint: /codex login/,
  },
  'auth missing: the provider got no key': {
    run: asksAt(refusal(401, { message: 'Missing bearer or basic authentication in header', type: 'x', code: null })),
    code: 'authentication_required',
    message: /not signed in/,
    hint: /codex login/,
  },
  '401': { run: says('fail: 401'), code: 'unauthorized', message: /refused the key/, hint: /Check the key/ },
  '403': { run: says('fail: 403'), code: 'forbidden', message: /does not allow/, hint: /account/ },
  quota: { run: says('fail: quota'), code: 'quota_exceeded', message: /used up/, hint: /billing/ },
  'usage limit with its reset time': {
    run: asksAt(
      refusal(429, {
        type: 'usage_limit_reached',
        message: 'limit',
        plan_type: 'plus',
        resets_at: Math.floor(Date.now() / 1000) + 7200,
      }),
    ),
    code: 'usage_limit',
    message: /limit of the account is reached/,
    hint: /again at .*\d:\d\d/,
  },
  'usage limit without a time': {
    run: asksAt(refusal(429, { type: 'usage_limit_reached', message: 'limit', plan_type: 'plus' })),
    code: 'usage_limit',
    hint: /credits/,
  },
  '5xx: overloaded': { run: says('fail: 503'), code: 'overloaded', hint: /again in a moment/ },
  '5xx: an error of its own': {
    run: asksAt({
      events: [
        {
          type: 'response.failed',
          response: { id: 'r', error: { code: 'server_error', message: 'The server had an error' } },
        },
      ],
    }),
    code: 'server_error',
    hint: /again in a moment/,
  },
  'unknown model': {
    run: asksAt(
      refusal(400, {
        message: 'The model `nope` does not exist or you do not have access to it.',
        type: 'invalid_request_error',
        code: 'model_not_found',
      }),
    ),
    code: 'model_unknown',
    message: /does not know the model/,
    hint: /another model/,
  },
  'context full': { run: says('fail: context'), code: 'context_full', message: /no longer fits/, hint: /new thread/ },
  incomplete: { run: says('fail: incomplete'), code: 'incomplete', message: /max_output_tokens/, hint: /shorter/ },
  'stream cut, repeated partial messages shown once': {
    run: asksAt({ events: saying('The first half of').events.slice(0, -1) }),
    code: 'stream_cut',
    message: /broke off/,
    hint: /again in a moment/,
    also: ({ events }) => {
      const texts = events.filter((event) => event.kind === 'assistant_text');
      // Each attempt wrote it: more than one event, one item.
      expect(texts.length).toBeGreaterThan(1);
      expect(new Set(texts.map((event) => event.itemId)).size).toBe(1);
    },
  },
  'connection refused': {
    run: async (room) => {
      const closed = createServer();
      await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
      const { port } = closed.address() as AddressInfo;
      await new Promise((resolve) => closed.close(resolve));
      room.askAt(`http://127.0.0.1:${port}/v1`);
      return room.run('hello');
    },
    code: 'connection_failed',
    message: /can’t be reached/,
    hint: /network, the proxy/,
  },
  'accepts and says nothing': {
    run: asksAt('nothing', 'hello', 2),
    code: 'no_response',
    message: /Nothing was heard from the provider for 2 s/,
    hint: /provider answers/,
    also: ({ events }) => expect(events).toContainEqual(expect.objectContaining({ kind: 'stalled', hop: 'network' })),
  },
  'says nothing from the start': {
    run: (room) =>
      room.run('hello', {
        program: room.fake('setInterval(() => {}, 1000);'),
        settings: { nativeFirstEventTimeoutS: 1 },
      }),
    code: 'no_response',
    message: /did not begin a thread for 1 s/,
    hint: /codex doctor/,
    also: ({ events }) => expect(events).toContainEqual(expect.objectContaining({ kind: 'stalled', hop: 'process' })),
  },
  'a thread and no turn': {
    run: (room) =>
      room.run('hello', {
        program: room.fake(`console.log(JSON.stringify({ type: 'thread.started', thread_id: 't' }));
          setInterval(() => {}, 1000);`),
        settings: { nativeSilenceTimeoutS: 1 },
      }),
    code: 'no_response',
    message: /began the thread and did not start to work for 1 s/,
    hint: /MCP server/,
    also: ({ events }) => expect(events).toContainEqual(expect.objectContaining({ kind: 'stalled', hop: 'turn' })),
  },
  'stdin: a long prompt, and it is ended': {
    run: says(`say: ${'lane '.repeat(60_000)}end`),
    also: ({ text }) => expect(text.endsWith('end')).toBe(true),
  },
  'stdin: an empty prompt': { run: says(''), code: 'bad_request', message: /empty/, hint: /Write something/ },
  'stdin: a program that does not read it': {
    run: (room) => room.run('x'.repeat(2_000_000), { program: room.fake('process.exit(3)') }),
    code: 'runtime_crashed',
    message: /exit code 3/,
    hint: /last words/,
  },
  'malformed config: file and line': {
    run: configured((before) => before.replace('"gpt-5.5"', '"gpt-5.5')),
    code: 'config_invalid',
    message: /config\.toml:1:\d+/,
    hint: /config\.toml/,
  },
  'malformed config: found by Codex itself': {
    // Our reader checks the syntax; which type a setting has, Codex alone knows.
    run: configured((before) => `model_reasoning_effort = 5\n${before}`),
    code: 'config_invalid',
    message: /does not accept the setting model_reasoning_effort/,
    hint: /config\.toml/,
  },
  'unknown provider': {
    run: configured((before) => before.replace('model_provider = "practice"', 'model_provider = "nope"')),
    code: 'provider_unknown',
    message: /nope/,
    hint: /config\.toml/,
  },
  'untrusted policy': {
    run: configured((before) => `approval_policy = "untrusted"\n${before}`),
    code: 'config_invalid',
    message: /“untrusted”/,
    hint: /Remove approval_policy/,
  },
  'not a git folder': {
    run: (room) => {
      rmSync(join(room.work, '.git'), { recursive: true });
      return room.run('say: hello');
    },
    code: 'not_a_git_folder',
    message: /not under Git/,
    hint: /git init/,
  },
  'missing folder': {
    run: (room) => room.run('say: hello', { turn: { cwd: join(room.root, 'gone') } }),
    code: 'folder_missing',
    message: /does not exist/,
    hint: /Open a folder/,
  },
  'resume unknown': {
    run: (room) =>
      room.run('say: x', { turn: { nativeThreadId: nativeThreadId('01a1fbda-0000-7000-8000-000000000000') } }),
    code: 'resume_not_found',
    message: /no longer has this thread/,
    hint: /new thread/,
  },
  'resume by name': {
    run: (room) => room.run('say: x', { turn: { nativeThreadId: nativeThreadId('a name') } }),
    code: 'resume_not_found',
    message: /not one of Codex/,
    hint: /new thread/,
    // Codex would have started a new thread without a word.
    also: ({ end }) => expect(end.facts.exitCode).toBeNull(),
  },
  'resume answered by another thread': {
    run: (room) =>
      room.run('x', {
        turn: { nativeThreadId: nativeThreadId('01a1fbda-0000-7000-8000-000000000000') },
        program: room.fake(`process.on('SIGINT', () => process.exit(1)); setInterval(() => {}, 1000);
          console.log(JSON.stringify({ type: 'thread.started', thread_id: '01a1fbda-0000-7000-8000-00000000ffff' }));`),
      }),
    code: 'resume_mismatch',
    message: /another|new thread/,
    hint: /new thread/,
  },
  'resume while another writer has it': {
    run: async (room) => {
      const stop = new AbortController();
      let id = '';
      const first = room.run('run: sleep 7401', {
        signal: stop.signal,
        onEvent: (event: LaneEvent) => {
          if (event.kind === 'command_execution') id = event.nativeThreadId ?? '';
        },
      });
      await vi.waitFor(() => expect(id).not.toBe(''), { timeout: 30_000 });
      try {
        return await room.run('say: x', { turn: { nativeThreadId: nativeThreadId(id) } });
      } finally {
        stop.abort('user');
        await first;
      }
    },
    code: 'thread_busy',
    message: /Another Codex process/,
    hint: /Wait/,
  },
  'binary replaced: gone': {
    run: (room) => room.run('x', { program: join(room.root, 'codex-that-was-here') }),
    code: 'runtime_missing',
    message: /no longer where it was found/,
    hint: /again/,
  },
  'binary replaced: no program any more': {
    run: (room) => {
      const program = room.fake('');
      writeFileSync(program, '\u0000\u0001half of a download');
      return room.run('x', { program });
    },
    code: 'runtime_crashed',
    message: /could not be started/,
    hint: /install Codex again/,
  },
  'disk full: Codex’s home': {
    // Codex goes on without a disk: the turn is answered, and the thread can't be resumed.
    run: (room) => onSmallDisk(room, () => room.run('say: hello')),
    also: (ran) => {
      if (ran.end.outcome === 'completed') expect(ran.text).toBe('hello');
      expect(warningsOf(ran).filter((text) => /disk is full/.test(text))).toHaveLength(1);
    },
  },
  'disk full: said by Codex': {
    run: exits('Error: failed to create session: No space left on device (os error 28)\n'),
    code: 'disk_full',
    message: /disk is full/,
    hint: /Free some space/,
  },
  'disk full: our own folder': {
    run: (room) => {
      rmSync(room.scratch, { recursive: true });
      writeFileSync(room.scratch, 'no folder');
      return room.run('say: hello');
    },
    also: ({ text }, room) => {
      expect(text).toBe('hello');
      rmSync(room.scratch);
    },
  },
  'output over 1 MB: of a command': {
    run: says("run: head -c 1500000 /dev/zero | tr '\\0' 'x'; echo; echo end"),
    also: (ran) => {
      const output = outputOf(ran);
      expect(output.length).toBeGreaterThan(500_000);
      expect(output.trimEnd().endsWith('end')).toBe(true);
    },
  },
  'output over 1 MB: one line': {
    run: writes("say('x'.repeat(3_000_000) + 'end');"),
    also: ({ text }) => expect([text.length, text.slice(-3)]).toEqual([3_000_003, 'end']),
  },
  'invalid UTF-8': {
    run: says("run: printf 'a\\377\\376b\\n'"),
    also: (ran) => expect(outputOf(ran)).toMatch(/^a\ufffd+b\n$/),
  },
  'UTF-16': {
    run: async (room) => {
      const output = outputOf(await room.run("run: printf 'h\\000i\\000'"));
      expect(output.replaceAll('\0', '')).toBe('hi');
      return writes(
        "process.stdout.write(Buffer.from(JSON.stringify({ type: 'turn.completed' }) + '\\n', 'utf16le'));",
        false,
      )(room);
    },
    code: 'protocol_error',
    message: /without saying how the turn went/,
    hint: /again/,
    also: (ran) => expect(warningsOf(ran).join()).toContain('not JSON'),
  },
  'NUL bytes': {
    run: async (room) => {
      expect(outputOf(await room.run("run: printf 'a\\000b'"))).toBe('a\0b');
      return writes("process.stdout.write('\\0\\0\\n'); say('a\\0b');")(room);
    },
    also: (ran) => {
      expect(ran.text).toBe('a\0b');
      expect(unknownOf(ran)).toEqual(['not-json']);
    },
  },
  'U+2028 and U+2029 inside a string': {
    run: says('say: one\u2028two\u2029three'),
    also: ({ text }) => expect(text).toBe('one\u2028two\u2029three'),
  },
  'unknown event and item types': {
    run: writes(`put({ type: 'weather.changed', to: 'rain' });
      put({ type: 'item.completed', item: { id: 'item_9', type: 'hologram', data: 1 } }); say('done');`),
    also: (ran) => {
      expect(unknownOf(ran)).toEqual(['weather.changed', 'item.completed/hologram']);
      expect(ran.text).toBe('done');
    },
  },
  'a line that is not JSON': {
    run: writes("process.stdout.write('panic at the disco\\n'); say('done');"),
    also: (ran) => {
      expect(ran.text).toBe('done');
      expect(warningsOf(ran).join()).toContain('panic at the disco');
    },
  },
  'ended without a word': {
    run: writes('', false),
    code: 'protocol_error',
    message: /without saying how the turn went/,
    hint: /again/,
  },
  'a message whose item was lost': {
    run: writes("require('node:fs').writeFileSync(last, 'the whole answer');"),
    also: ({ events, text }) => {
      expect(text).toBe('the whole answer');
      expect(events.filter((event) => event.kind === 'assistant_text')).toMatchObject([{ itemId: 'tu:last_message' }]);
      expect(events.filter((event) => event.kind === 'warning')).toEqual([]);
    },
  },
};

/** Codex's home on a file system of 64 KiB, where this machine lets us; else a stand-in that says what Codex says there. */
async function onSmallDisk(room: ExecRoom, run: () => Promise<Ran>): Promise<Ran> {
  const config = room.read('codex-home/config.toml');
  try {
    execFileSync('/usr/bin/mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', room.codexHome], { stdio: 'ignore' });
  } catch {
    const said = 'codex_core::session: failed to record rollout items: No space left on device (os error 28)';
    return writes(`process.stderr.write('2026-11-21T08:01:06.723132Z ERROR ${said}\\n'.repeat(3)); say('hello');`)(
      room,
    );
  }
  try {
    writeFileSync(room.config, config);
    writeFileSync(join(room.codexHome, 'pad'), new Uint8Array(50_000));
    return await run();
  } finally {
    execFileSync('/usr/bin/umount', [room.codexHome], { stdio: 'ignore' });
  }
}

/** Command lines of living processes that name `path`. Linux only. */
function processesNaming(path: string): readonly string[] {
  return listProcesses()
    .map(({ pid }) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      } catch {
        return '';
      }
    })
    .filter((line) => line.includes(path));
}

let room: ExecRoom;
beforeEach(async () => {
  room = await ExecRoom.open();
});
afterEach(() => room.close());

test.skipIf(realCodex === null || process.platform === 'win32').each(required)(
  '%s',
  { timeout: 90_000 },
  async (name) => {
    const { run, code, message, hint, also } = rows[name];
    const ran = await run(room);
    const { end } = ran;
    if (code === undefined) {
      expect(end).toMatchObject({ outcome: 'completed' });
    } else {
      expect(end).toMatchObject({ outcome: 'failed', error: { code } });
      if (end.outcome !== 'failed') return;
      expect(end.error.message).toMatch(message ?? /./);
      expect(end.error.hint).toMatch(hint ?? /./);
      // For people: a sentence, no wire, no trace.
      expect(end.error.message).toMatch(/^\p{Lu}[\s\S]*\.$/u);
      expect(end.error.message).not.toMatch(/[{}]|ERROR|\bstatus \d/);
    }
    also?.(ran, room);
    // Nothing is left: no process, no file of ours.
    expect(processesNaming(room.root)).toEqual([]);
    if (name !== 'disk full: our own folder') expect(room.kept()).toEqual([]);
  },
);

test('Node’s own line reader would split a string at U+2028', async () => {
  const lines: string[] = [];
  for await (const line of createInterface({ input: Readable.from([Buffer.from('"a\u2028b"\n')]) })) lines.push(line);
  // Node 24 does. When this fails, Node has changed its mind; LfSplitter is still right.
  expect(lines).toEqual(process.versions.node.startsWith('24.') ? ['"a', 'b"'] : expect.any(Array));
});

test.skipIf(realCodex === null || process.platform === 'win32')(
  'a burst of small pieces in an ephemeral thread: the message is there, once, whichever way it came',
  { timeout: 120_000 },
  async () => {
    const words = 'word '.repeat(4000);
    const endpoint = await startRawEndpoint(saying(words));
    try {
      room.askAt(endpoint.url);
      for (let i = 0; i < 6; i += 1) {
        const { end, text } = await room.run('hello', { turn: { ephemeral: true } });
        expect(end.outcome).toBe('completed');
        expect(text).toBe(words);
      }
      expect(endpoint.asked()).toBe(6);
    } finally {
      await endpoint.close();
    }
  },
);
