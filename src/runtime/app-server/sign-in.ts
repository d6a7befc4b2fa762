import * as z from 'zod';
import type { SignInEnd, SignInMethod, SignInStep } from '../../model/index.ts';
import { messageOf } from '../../model/index.ts';
import type { Clock, Log } from '../../ports/index.ts';
import { safeLine } from '../safe-output.ts';
import type { Lease } from './lease.ts';
import { isRpcError } from './rpc-error.ts';
import { unlessAborted } from './unless-aborted.ts';

export type SignInOptions = {
  readonly method: SignInMethod;
  /** Called once, when the server waits for the user. */
  readonly onStep: (step: SignInStep) => void;
  /** Whether the sign-in page answers. Default: it is asked for, 5 s at most. */
  readonly canReach?: (url: string) => Promise<boolean>;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
};

/** How long the user may take, in milliseconds: OpenAI's device codes last as long. */
const longest = 15 * 60_000;

const address = z.string().refine((text) => URL.canParse(text) && new URL(text).protocol === 'https:');
const started = z.discriminatedUnion('type', [
  z.object({ type: z.literal('chatgpt'), loginId: z.string(), authUrl: address }),
  z.object({
    type: z.literal('chatgptDeviceCode'),
    loginId: z.string(),
    verificationUrl: address,
    userCode: z.string().max(64),
  }),
]);
const completed = z.object({ loginId: z.string().nullish(), success: z.boolean(), error: z.string().nullish() });

const offline: SignInEnd = {
  kind: 'failed',
  message: 'OpenAI can’t be reached, so nobody can sign in with ChatGPT now.',
  hint: 'Check the network and the proxy, or use an API key.',
};

/**
 * Signs in to ChatGPT through Codex, which keeps the login where it keeps its own. Never throws: the end says what came of
 * it. Aborting the signal cancels it at the server, too.
 */
export async function signIn(lease: Lease, options: SignInOptions): Promise<SignInEnd> {
  const { method, onStep, canReach = answers, clock, log, signal } = options;
  const ends = new Map<string, SignInEnd>();
  const changed = Promise.withResolvers<SignInEnd>();
  let loginId: string | null = null;
  const stopHearing = lease.onNotification((told) => {
    if (told.method !== 'account/login/completed') return;
    const read = completed.safeParse(told.params);
    // A key that was handed over has no id: that is another sign-in.
    if (!read.success || !read.data.loginId) return;
    const end = endOf(read.data.success, read.data.error ?? '');
    ends.set(read.data.loginId, end);
    if (read.data.loginId === loginId) changed.resolve(end);
  });
  const cancel = async (): Promise<void> => {
    if (loginId === null) return;
    await lease
      .request('account/login/cancel', { loginId }, z.unknown())
      .catch((error) => log.debug(`the sign-in was not cancelled: ${messageOf(error)}`));
  };
  let asked: Promise<z.infer<typeof started>> | null = null;
  let cancelTimer = (): void => undefined;
  try {
    const type = method === 'browser' ? 'chatgpt' : 'chatgptDeviceCode';
    const onAnswer = (answer: z.infer<typeof started>): void => {
      loginId = answer.loginId;
    };
    // Without the signal: the server answers all the same, and what it has begun must be cancelled.
    asked = lease.request('account/login/start', { type }, started, { onAnswer });
    const begun = await unlessAborted(asked, signal);
    const early = ends.get(begun.loginId);
    if (early !== undefined) return early;
    if (begun.type === 'chatgpt') {
      // 0.169 asks nobody before it hands the address out, and would wait for a browser that shows an error.
      if (!(await unlessAborted(canReach(begun.authUrl), signal))) {
        await cancel();
        return offline;
      }
      onStep({ kind: 'open', url: begun.authUrl });
    } else {
      onStep({ kind: 'enter-code', url: begun.verificationUrl, code: begun.userCode });
    }
    cancelTimer = clock.after(longest, () => {
      void cancel();
      const minutes = longest / 60_000;
      const message = `The sign-in was not completed within ${minutes} minutes.`;
      changed.resolve({ kind: 'failed', message, hint: 'Sign in again.' });
    });
    const gone = lease.ended.then(
      ({ words }): SignInEnd => ({ kind: 'failed', message: words, hint: 'Sign in again.' }),
    );
    return await unlessAborted(Promise.race([changed.promise, gone]), signal);
  } catch (error) {
    if (signal.aborted) {
      if (loginId !== null) await cancel();
      else void asked?.then(cancel, () => undefined);
      return { kind: 'cancelled' };
    }
    return isRpcError(error, 'refused')
      ? endOf(false, error.message)
      : { kind: 'failed', message: messageOf(error), hint: null };
  } finally {
    cancelTimer();
    stopHearing();
  }
}

/** What Codex says of an end, in our words (measured with 0.169). */
function endOf(success: boolean, said: string): SignInEnd {
  if (success) return { kind: 'signed-in' };
  // The first is said to the one that was cancelled, the second to the one that a later sign-in took the place of.
  if (/Login was not completed|Login cancelled/i.test(said)) return { kind: 'cancelled' };
  if (/error sending request|dns error|connection refused|timed out/i.test(said)) return offline;
  const words = safeLine(said.replace(/^Login server error: /, ''), 300);
  const message = words === '' ? 'Codex did not say why the sign-in failed.' : `The sign-in failed: ${words}`;
  return { kind: 'failed', message, hint: null };
}

async function answers(url: string): Promise<boolean> {
  try {
    await fetch(new URL(url).origin, { method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(5000) });
    return true;
  } catch {
    return false;
  }
}
