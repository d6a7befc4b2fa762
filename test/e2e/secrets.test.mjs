// Keys: each goes where the user sent it, stands nowhere else, and another one is not used without a question.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { everyProcess, filesWith, openSession, until, wordsIn } from './kit/index.mjs';

const TURN_LIMIT_MS = 60_000;

/** No value has four characters in common with another, but for those at the end that are shown on purpose. */
const keys = {
  api: 'sk-plantedApiOne-7hQ2wX9mKd4vTz-aa11',
  otherApi: 'sk-plantedApiTwo-3nB8rY5cLf6jGs-bb22',
  native: 'sk-plantedNative-1pV7uE0xHk9iWo-cc33',
  shellOpenAi: 'sk-plantedShellO-6tM4zA2qJy8eRb-dd44',
  shellCodex: 'sk-plantedShellC-5gN9lP3sUx7fDw-ee55',
};
const planted = Object.values(keys);

describe('keys', () => {
  /** @type {import('./kit/session.mjs').Session} */
  let session;
  /** @type {import('./kit/workbench.mjs').Workbench} */
  let window;

  before(async () => {
    session = await openSession({
      // The practice endpoint answers, and the extension does not know that: it is an endpoint like any other.
      watched: true,
      // Keeps secrets over a reload.
      mode: 'code-server',
      env: (dir) => ({
        CODEX_LANES_PRACTICE: undefined,
        CODEX_LANES_PRACTICE_CODEX_HOME: undefined,
        CODEX_HOME: join(dir, 'codex-home'),
        OPENAI_API_KEY: keys.shellOpenAi,
        CODEX_API_KEY: keys.shellCodex,
      }),
      machineSettings: { 'codexLanes.native.auth': 'api-key' },
    });
    session.changeMachineSettings({ 'codexLanes.api.baseUrl': session.endpoint });
    const config = join(session.codexHome, 'config.toml');
    const needsLogin = 'wire_api = "responses"\nrequires_openai_auth = true';
    writeFileSync(config, readFileSync(config, 'utf8').replace('wire_api = "responses"', needsLogin));
    window = await session.openChat();
  });

  after(() => session?.close());

  const store = async (command, key) => {
    await window.runCommand(command);
    await window.enterText(key);
    await window
      .notification(/is stored/)
      .first()
      .waitFor();
    await window.runCommand('Notifications: Clear All Notifications');
  };

  /** The keys that the endpoint was given, one a prompt or model list, in order. */
  const paidWith = () => session.requests.map(({ headers }) => headers.authorization ?? null);

  test('the key of an endpoint pays a turn there', async () => {
    const { chat } = window;
    await store('Codex Lanes: Set API Key', keys.api);
    await chat.send('say: Paid once.');
    await chat.row(/^Paid once\.$/).waitFor();
    await chat.receipt(/Receipt: API.*…aa11/).waitFor();
    assert.equal(paidWith().at(-1), `Bearer ${keys.api}`);
  });

  test('another key stops the next prompt once, and says from which to which', async () => {
    const { chat } = window;
    await store('Codex Lanes: Set API Key', keys.otherApi);
    const before = session.requests.filter(({ method }) => method === 'POST').length;
    await chat.send('say: Paid by another.');
    const question = chat.question(
      /This thread was paid by API key …aa11 .*\. The next turn would be paid by API key …bb22 /,
    );
    await question.getByText('Not sent yet; your text is kept.').waitFor();
    await window.screenshot('payer-question');
    await question.getByRole('button', { name: 'Don’t send' }).click();
    await question.waitFor({ state: 'detached' });
    assert.equal(await chat.draft(), 'say: Paid by another.');
    assert.equal(session.requests.filter(({ method }) => method === 'POST').length, before);
    await chat.composer.press('Enter');
    await question.getByRole('button', { name: 'Send anyway' }).click();
    await chat.row(/^Paid by another\.$/).waitFor();
    await chat.receipt(/…bb22/).waitFor();
    assert.equal(paidWith().at(-1), `Bearer ${keys.otherApi}`);
    await chat.send('say: Not asked again.');
    await chat.row(/^Not asked again\.$/).waitFor();
  });

  test('a receipt is copied as Markdown and as JSON, with a masked payer', async () => {
    const { chat } = window;
    await chat.receipt(/…aa11/).click();
    await chat.button('Copy as Markdown').click();
    const markdown = await window.clipboard((text) => text.startsWith('### Turn receipt'));
    assert.match(markdown, /\| Paid by \| API key …aa11 \|/);
    assert.match(markdown, /\| Seal \(SHA-256\) \| [0-9a-f]{64} \|/);
    await chat.button('Copy as JSON').click();
    const receipt = JSON.parse(await window.clipboard((text) => text.startsWith('{')));
    assert.equal(receipt.payer.label, '…aa11');
    assert.deepEqual(wordsIn(markdown + JSON.stringify(receipt), planted), []);
  });

  test('the key for native is in the environment of Codex alone, and a process is ended from its row', async () => {
    const { chat } = window;
    await store('Codex Lanes: Set Key for Codex Native', keys.native);
    await window.runCommand('Codex Lanes: Use Codex Native Lane');
    await window.statusShows('Native · practice (offline)');
    await window.runCommand('Codex Lanes: New Thread');
    await chat.send('slow command');
    await chat.row(/Running.*sleep 60/).waitFor({ timeout: TURN_LIMIT_MS });
    const processes = everyProcess();
    assert.deepEqual(
      processes.filter(({ command }) => wordsIn(command, planted).length > 0).map(({ command }) => command),
      [],
    );
    const holders = processes.filter(({ environment }) => environment.includes(keys.native));
    assert.ok(holders.length > 0, 'Codex was given the key');
    for (const { command, environment } of holders) {
      // Not even what Codex itself starts.
      assert.match(command, /^\S+codex exec --json /);
      const others = planted.filter((key) => key !== keys.native);
      assert.deepEqual(wordsIn(environment, others), []);
    }
    assert.equal(paidWith().at(-1), `Bearer ${keys.native}`);

    const asked = window.dialog(/End .*codex.*\(process \d+\)\?/);
    await window.pressInRow('Runtime', ['codex exec', 'turn · pid'], 'End Process', asked);
    await asked.getByRole('button', { name: 'End Process' }).click();
    await until(() => session.runningIn(session.workspaces[0]).length === 0, 'the processes to be gone');
    await chat.button('Send').waitFor();
    await window.seeRow('Runtime', 'Processes', 'None is running');
  });

  test('nothing that was written, shown or logged holds a key', async () => {
    const { page } = window;
    await window.runCommand('Codex Lanes: Explain Lanes and Gates');
    await window.previewShows('Lanes and gates');
    const shown = await Promise.all(page.frames().map((frame) => frame.content().catch(() => '')));
    assert.ok(
      shown.some((html) => html.includes('sleep 60')),
      'the chat was among them',
    );
    assert.deepEqual(wordsIn(shown.join(), planted), []);
    // The workbench writes down what it keeps before it goes.
    await window.reload();
    const { server, dataHome, codexHome, workspaces, dir } = session;
    const folders = [server.userData, server.home, dataHome, codexHome, ...workspaces, join(dir, 'watched')];
    assert.ok(filesWith([dataHome], ['Paid by another.']).length > 0, 'the search finds what is there');
    assert.ok(
      filesWith([server.userData], ['Key for the Codex native lane stored']).length > 0,
      'our log is among them',
    );
    assert.deepEqual(filesWith(folders, planted), []);
    assert.deepEqual(wordsIn(server.output() + window.consoleLines.join(), planted), []);
    // The one place where the keys are: encrypted.
    const stored = await window.browserStorage();
    assert.ok(stored.includes('secrets.provider'));
    assert.deepEqual(wordsIn(stored, planted), []);
    // A key reaches the endpoint that it is meant for, and never one from the shell.
    const sent = new Set(paidWith());
    assert.deepEqual(
      [...sent].filter((value) => value !== null && wordsIn(value, [keys.shellOpenAi, keys.shellCodex]).length > 0),
      [],
    );
  });

  test('no request left this machine and nothing of ours broke a rule', () => {
    window.assertStayedHome();
    window.assertQuiet();
  });
});
