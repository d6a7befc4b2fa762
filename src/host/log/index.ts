import { window } from 'vscode';
import { messageOf } from '../../model/index.ts';
import type { Log } from '../ports.ts';

/** The product's log in the editor: the output channel with the product's name. */
export type HostLog = Log & { readonly show: () => void; readonly dispose: () => void };

export function createLog(): HostLog {
  // The product's name is the same in every language.
  const channel = window.createOutputChannel('Lanes for Codex', { log: true });
  return {
    debug: (message) => channel.debug(message),
    info: (message) => channel.info(message),
    warn: (message) => channel.warn(message),
    error: (message, error) => {
      channel.error(error === undefined ? message : `${message}: ${messageOf(error)}`);
      if (error instanceof Error && error.stack !== undefined) channel.debug(error.stack);
    },
    show: () => channel.show(true),
    dispose: () => channel.dispose(),
  };
}
