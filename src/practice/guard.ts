import type { IncomingMessage } from 'node:http';
import { Refusal } from './refusal.ts';

const LOOPBACK_NAMES = ['127.0.0.1', 'localhost', '[::1]'];

/**
 * Keeps web pages out: a page that rebinds its DNS name to loopback sends its own name as Host, and a page that posts
 * across origins sends an Origin. Programs send neither.
 * @throws Refusal 403
 */
export function refuseStrangers(request: IncomingMessage, port: number): void {
  const host = request.headers.host?.toLowerCase();
  if (!LOOPBACK_NAMES.some((name) => host === `${name}:${port}`)) {
    throw new Refusal(403, 'forbidden_host', `The Host header must name loopback and port ${port}.`);
  }
  if (request.headers.origin !== undefined) {
    throw new Refusal(403, 'forbidden_origin', 'Requests from web pages are refused: an Origin header was sent.');
  }
}
