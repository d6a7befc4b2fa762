import { expect, test } from 'vitest';
import { placesOnPath } from './path-lookup.ts';

type Row = readonly [name: string, platform: NodeJS.Platform, path: string, pathExt: string, places: readonly string[]];
const rows: readonly Row[] = [
  ['each folder once, in order', 'linux', '/b:/a:/b:/a/', '', ['/b/codex', '/a/codex']],
  ['nothing relative', 'linux', ':.:bin:~/bin:/usr/bin', '', ['/usr/bin/codex']],
  ['no project’s own', 'linux', '/w/node_modules/.bin:/w/node_modules/.bin/:/x', '', ['/x/codex']],
  ['an npm folder that only sounds so', 'darwin', '/opt/node_modules.bin', '', ['/opt/node_modules.bin/codex']],
  ['no path at all', 'linux', '', '', []],
  [
    'the extensions in the order of PATHEXT',
    'win32',
    'C:\\a;D:\\b\\',
    '.COM;.EXE;.BAT;.CMD;.VBS;.JS;.MSC',
    ['com', 'exe', 'bat', 'cmd']
      .map((extension) => `C:\\a\\codex.${extension}`)
      .concat(['com', 'exe', 'bat', 'cmd'].map((extension) => `D:\\b\\codex.${extension}`)),
  ],
  ['an odd PATHEXT', 'win32', 'C:\\a', ' .cmd ;;.CMD;exe;.PY;.EXE', ['C:\\a\\codex.cmd', 'C:\\a\\codex.exe']],
  ['no PATHEXT', 'win32', 'C:\\a', '', ['com', 'exe', 'bat', 'cmd'].map((extension) => `C:\\a\\codex.${extension}`)],
  ['quotes', 'win32', '"C:\\Program Files\\n"', '.EXE', ['C:\\Program Files\\n\\codex.exe']],
  ['a network folder', 'win32', '\\\\host\\share\\bin', '.EXE', ['\\\\host\\share\\bin\\codex.exe']],
  ['nothing that depends on the current drive', 'win32', 'bin;\\bin;C:bin;.;C:/ok', '.EXE', ['C:\\ok\\codex.exe']],
  ['no project’s own', 'win32', 'C:\\w\\node_modules\\.bin;C:/w/node_modules/.bin', '.EXE', []],
];
test.each(rows)('%s (%s)', (_name, platform, path, pathExt, places) => {
  // Windows has it under any case.
  const env = pathExt === '' ? {} : { PathExt: pathExt };
  expect(placesOnPath('codex', path, { env, platform })).toEqual(places);
});
