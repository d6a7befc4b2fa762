import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

export type Backend = {
  /** Codex's configuration that asks it. */
  readonly config: string;
  readonly close: () => Promise<void>;
};

const soon = (): number => Math.floor(Date.now() / 1000) + 3600;

/** What ChatGPT answers to Codex 0.169 about an account, on loopback. `silent`: it takes every request and says nothing. */
export async function startBackend({ silent = false, plan = 'plus' } = {}): Promise<Backend> {
  const routes: Readonly<Record<string, () => unknown>> = {
    '/backend-api/wham/accounts/check': () => ({
      accounts: [
        {
          id: 'account-1',
          name: 'Workshop',
          plan_type: plan,
          structure: 'personal',
          workspace_backend_origin: 'https://chatgpt.com',
          account_routing_override: 'NO_CONSTRAINT',
        },
      ],
      default_account_id: 'account-1',
      account_ordering: ['account-1'],
    }),
    '/backend-api/wham/usage': () => ({
      plan_type: plan,
      rate_limit: {
        allowed: true,
        limit_reached: false,
        primary_window: { used_percent: 42, limit_window_seconds: 18_000, reset_after_seconds: 3600, reset_at: soon() },
        secondary_window: {
          ...{ used_percent: 5, limit_window_seconds: 604_800, reset_after_seconds: 3600, reset_at: soon() },
        },
      },
      credits: { has_credits: true, unlimited: false, balance: '12' },
    }),
  };
  const server = createServer((request, response) => {
    if (silent) return;
    const body = routes[(request.url ?? '').split('?', 1)[0] ?? '']?.();
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    config: `model = "gpt-5.5"\nchatgpt_base_url = "http://127.0.0.1:${port}/backend-api"\n[features]\nplugins = false\napps = false\nremote_plugin = false\n`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A login of ChatGPT as Codex keeps it, signed by nobody. */
export function writeLogin(codexHome: string, plan = 'plus'): void {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = {
    email: 'me@example.org',
    exp: Math.floor(Date.now() / 1000) + 86_400,
    'https://api.openai.com/auth': {
      chatgpt_plan_type: plan,
      chatgpt_user_id: 'user-1',
      chatgpt_account_id: 'account-1',
    },
  };
  const token = `${part({ alg: 'none', typ: 'JWT' })}.${part(claims)}.none`;
  const login = {
    auth_mode: 'chatgpt',
    OPENAI_API_KEY: null,
    tokens: { id_token: token, access_token: token, refresh_token: 'none', account_id: 'account-1' },
    last_refresh: new Date().toISOString(),
  };
  writeFileSync(join(codexHome, 'auth.json'), JSON.stringify(login));
}
