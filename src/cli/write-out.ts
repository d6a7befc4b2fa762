import { stdout } from 'node:process';

/** Waits for a reader that is slower than we are: what it has not read is not piled up here. Rejects when it has left. */
export function writeOut(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    // The stream says it twice, and a word of it that nobody hears ends the process with a stack.
    stdout.once('error', reject);
    stdout.write(text, (error) => {
      if (error) return reject(error);
      stdout.off('error', reject);
      resolve();
    });
  });
}

/** True when the reader of our output went away: `codex-lanes … | head` is no failure that anybody has to be told. */
export function isReaderGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EPIPE';
}
