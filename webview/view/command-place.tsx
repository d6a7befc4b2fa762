import type { JSX } from 'preact';
import type { RowOf, SandboxMode } from '../../src/model/index.ts';
import { t } from '../strings.ts';
import { visible } from './visible.ts';

/** Where a command ran: in which folder, and in which sandbox as far as a lane of ours says so. */
export function CommandPlace({ row: { cwd, sandbox } }: { readonly row: RowOf<'command'> }): JSX.Element {
  return (
    <>
      {cwd !== null && <div class="note">{t('ranIn', visible(cwd))}</div>}
      {sandbox !== null && <div class="note">{sandboxWords(sandbox)}</div>}
    </>
  );
}

function sandboxWords(sandbox: SandboxMode): string {
  switch (sandbox) {
    case 'read-only':
      return t('ranReadOnly');
    case 'workspace-write':
      return t('ranSandboxed');
    case 'danger-full-access':
      return t('ranUnconfined');
  }
}
