// Run by the model as a command: looks wherever a command can for a key and for a token, and writes where it found them.
// `node search-for-secrets.mjs <key in base64> <result file> <folder> …`: the key itself stands in no argument.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [coded = '', result = '', ...folders] = process.argv.slice(2);
const key = Buffer.from(coded, 'base64');
const token = /lanes-turn-[\w-]{43}/;
const found = { key: [], token: [], looked: 0, processes: [], proxy: null, tokenSeen: null };

function look(path) {
  let bytes;
  try {
    bytes = readFileSync(path);
  } catch {
    return;
  }
  found.looked += 1;
  if (bytes.includes(key)) found.key.push(path);
  const text = bytes.toString('latin1');
  const seen = token.exec(text);
  if (seen !== null) found.token.push(`${path}${programOf(path)}`);
  if (seen !== null) found.tokenSeen = seen[0];
  found.proxy ??= /http:\/\/127\.0\.0\.1:\d+\/v1/.exec(path.endsWith('cmdline') ? text : '')?.[0] ?? null;
}

/** Whose it is. */
function programOf(path) {
  const [process] = /^\/proc\/\d+/.exec(path) ?? [];
  if (process === undefined) return '';
  try {
    return ` of ${readFileSync(`${process}/comm`, 'utf8').trim()}`;
  } catch {
    return ' of one that is gone';
  }
}

function walk(folder) {
  let entries;
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch {
    return;
  }
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) walk(path);
    else if (entry.isFile()) look(path);
  }
}

const own = JSON.stringify(process.env);
if (own.includes(key.toString())) found.key.push('own environment');
if (token.test(own)) found.token.push('own environment');
for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
  for (const name of ['environ', 'cmdline']) look(`/proc/${pid}/${name}`);
  try {
    found.processes.push(readFileSync(`/proc/${pid}/comm`, 'utf8').trim());
  } catch {
    // gone meanwhile
  }
}
for (const folder of folders) walk(folder);

// What can be done with what was found.
const tries = {};
if (found.proxy !== null) {
  const headers = found.tokenSeen === null ? {} : { authorization: `Bearer ${found.tokenSeen}` };
  for (const [method, path] of [
    ['POST', '/responses'],
    ['POST', '/files'],
  ]) {
    try {
      const body = JSON.stringify({ model: 'gpt-5.5', stream: true, input: [] });
      const answer = await fetch(found.proxy + path, { method, headers, body });
      tries[`${method} ${path}`] = answer.status;
      if ((await answer.text()).includes(key.toString())) found.key.push(`answer of ${path}`);
    } catch (error) {
      tries[`${method} ${path}`] = String(error.cause?.code ?? error.message);
    }
  }
}
const { tokenSeen: _, ...told } = found;
writeFileSync(result, JSON.stringify({ ...told, tries }));
console.log('searched');
