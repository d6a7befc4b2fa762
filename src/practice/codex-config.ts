import { PRACTICE_LABEL } from './label.ts';

/**
 * The `config.toml` for a throw-away CODEX_HOME in which Codex talks to the practice endpoint and to nothing else.
 * Measured with 0.169: no login, no warning, accepted by `--strict-config`, and with `plugins = false` not one look-up
 * or connection besides the endpoint (with plugins on, it asks GitHub and ChatGPT for a curated list).
 * @param url base URL of the endpoint, ending in `/v1`
 */
export function practiceCodexConfig(url: string): string {
  // gpt-5.5 takes plain tools; the newer models want one JavaScript tool, which no script here writes.
  return `model = "gpt-5.5"
model_provider = "practice"
check_for_update_on_startup = false
web_search = "disabled"

[analytics]
enabled = false

[feedback]
enabled = false

[features]
plugins = false
apps = false
remote_plugin = false
unbounded_connection_retries = false

[tools.update_plan]
enabled = true

[model_providers.practice]
name = ${JSON.stringify(PRACTICE_LABEL)}
base_url = ${JSON.stringify(url)}
wire_api = "responses"
supports_websockets = false
request_max_retries = 1
stream_max_retries = 1
stream_idle_timeout_ms = 60000
`;
}
