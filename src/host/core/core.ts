import type { App } from '../../compose.ts';

/** The core, loaded at first use so that activation stays cheap. */
export type Core = {
  /** Loads it, once. After a failed load the next call tries again. */
  readonly get: () => Promise<App>;
  readonly loaded: () => App | null;
  /** Calls once, when the core is there; at once if it is already. */
  readonly onLoaded: (call: (app: App) => void) => void;
  /** Ends what runs and releases everything; nothing happens if the core was never asked for. */
  readonly close: () => Promise<void>;
};

export function createCore(load: () => Promise<App>): Core {
  let loading: Promise<App> | null = null;
  let app: App | null = null;
  let waiting: ((app: App) => void)[] = [];

  async function begin(): Promise<App> {
    app = await load();
    const calls = waiting;
    waiting = [];
    for (const call of calls) call(app);
    return app;
  }

  function get(): Promise<App> {
    loading ??= begin().catch((error: unknown) => {
      loading = null;
      throw error;
    });
    return loading;
  }

  return {
    get,
    loaded: () => app,
    onLoaded: (call) => {
      if (app === null) waiting.push(call);
      else call(app);
    },
    close: async () => {
      if (loading === null) return;
      await loading.then((loaded) => loaded.close());
    },
  };
}
