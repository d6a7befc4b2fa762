import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Disposables, Emitter } from './base/index.ts';
import { createChanges } from './changes/index.ts';
import type { App, AppDeps } from './compose/index.ts';
import {
  checkAttachment,
  codexThreadActions,
  commandHost,
  createApiKeys,
  createEndpointStore,
  createGrantStore,
  createPracticeSwitch,
  createRawStreams,
  endpointFacts,
  isKeptImage,
  keepImage,
  lazyTranscript,
  newDigest,
  ReadingsKeeper,
  reviewChoicesAction,
  runtimeActions,
  sayingOfEffort,
  signInAction,
  standingInputs,
  superviseProcesses,
  worktreeActions,
} from './compose/index.ts';
import type { Activity } from './engine/index.ts';
import { Engine, StatusKeeper } from './engine/index.ts';
import { createAppServerLane } from './lanes/app-server/index.ts';
import { createExecLane } from './lanes/exec/index.ts';
import { createResponsesLane, probeApi } from './lanes/responses/index.ts';
import type { ExecutableIdentity, LogEvent, RunnableLaneId, ThreadId } from './model/index.ts';
import { messageOf, offerOf } from './model/index.ts';
import { readStampedStatus } from './model/schema/index.ts';
import { dataHomePath, liveProcesses, newId, openDataHome, systemClock } from './node/index.ts';
import type { Lane } from './ports/index.ts';
import type { NativeTransport } from './routing/index.ts';
import type { NativeRuntime, NativeRuntimeInputs, StartReport } from './runtime/index.ts';
import {
  codexHome,
  createBinaryFinder,
  createCertificateFile,
  createCliReader,
  createCrashPins,
  createFolderTrust,
  createNonGitFolders,
  findGit,
  probeNative,
  resolveNativeRuntime,
  ripgrepOfCodex,
  SharedServer,
} from './runtime/index.ts';

export type { App, AppDeps, CodexThread, CodexThreads, PracticeState } from './compose/index.ts';

import { createEditorTools, createInstructions, createTools, plainFiles } from './tools/index.ts';

export type { Activity } from './engine/index.ts';
export type { SubmitResult } from './model/index.ts';

/** Wires the core. Synchronous and without I/O: folders are made and programs are asked at first use. */
export function createApp(deps: AppDeps): App {
  const { env, log, secrets, workspace, label = 'a VS Code window', version = '0.0.0' } = deps;
  const practice = createPracticeSwitch({
    env,
    settings: deps.settings,
    home: async () => {
      const home = join(await openDataHome({ env }), 'practice', 'codex-home');
      await mkdir(home, { recursive: true, mode: 0o700 });
      return home;
    },
    onChange: () => keeper.reconsider(),
  });
  const { settings } = practice;
  const keys = createApiKeys({
    secrets,
    env: practice.env,
    log,
    clock: systemClock,
    onLate: () => void keeper.refresh(),
  });
  let finder = createBinaryFinder(systemClock);
  const pins = createCrashPins({
    home: () => openDataHome({ env }),
    homePath: () => dataHomePath({ env }),
    clock: systemClock,
    log,
  });
  /** Null where the environment names no usable place: a thread says so, and a status can be had without. */
  const dataHome = (): string | null => {
    try {
      return dataHomePath({ env });
    } catch (error) {
      log.warn(messageOf(error));
      return null;
    }
  };
  const supervision = superviseProcesses(dataHome(), label, log);
  const cli = createCliReader();
  const nonGit = createNonGitFolders({ home: () => openDataHome({ env }), log });
  const folderTrust = createFolderTrust({ env: practice.env, home: () => openDataHome({ env }), log });
  const certificates = createCertificateFile({ home: () => openDataHome({ env }), log });
  const closing = new AbortController();
  let keysRevision = 0;
  const native = (): NativeRuntimeInputs => ({
    settings: settings.get(),
    profile: settings.get().nativeProfile,
    secrets: keys.secrets,
    env: practice.env(),
    dataHome: dataHome(),
    finder,
    cli,
    pins,
    certificates,
    clock: systemClock,
    signal: closing.signal,
  });
  const rawStream = createRawStreams({
    wanted: () => settings.get().keepRawStreams,
    home: () => openDataHome({ env }),
    secrets: keys.known,
    log,
  });
  const apiDeps = { settings: () => settings.get(), keyFor: keys.keyFor, rawStream, clock: systemClock, log };

  const endpoints = createEndpointStore({
    home: () => openDataHome({ env }),
    secrets: keys.known,
    onChange: () => void keeper.refresh(['api']),
    clock: systemClock,
    log,
    label,
  });

  const commands = commandHost({
    ...{ env: practice.env, settings: settings.get, trusted: () => workspace.trusted(), known: keys.known },
    ...{ native, finder: () => finder, pins, home: () => openDataHome({ env }), log },
  });

  const standing = () =>
    standingInputs({ settings, workspace, env, laneEnv: practice.env(), practice: practice.state(), keysRevision });
  const keeper = new StatusKeeper({
    clock: systemClock,
    log,
    standing,
    probeNative: () => probeNative({ ...native(), trusted: workspace.trusted() }),
    probeApi: async () => {
      // An untrusted workspace asks nobody: what was known before stays.
      if (!workspace.trusted()) return keeper.current().inputs.api;
      const now = settings.get();
      const { origin, base } = endpointFacts(now.apiBaseUrl);
      const found = origin === null ? null : await keys.lookUp(origin);
      const facts = await probeApi({ settings: now, key: found?.key ?? null, credentialInputs: found?.inputs ?? [] });
      const learnt = base === null ? [] : await endpoints.learnt(base);
      return learnt.length === 0 ? facts : { ...facts, learnt };
    },
    // A file on disk: what another version or hand wrote is read through its schema.
    stored: deps.storedStatus === null ? null : readStampedStatus(deps.storedStatus),
    store: deps.storeStatus,
  });

  const resolveNative = async (profile: string | null): Promise<NativeRuntime> => {
    const runtime = await resolveNativeRuntime({ ...native(), profile, atOnce: true });
    keys.remember(runtime.secrets);
    return runtime;
  };
  const nativeDeps = {
    resolve: async (profile: string | null): Promise<NativeRuntime> => {
      const runtime = await resolveNative(profile);
      const { binary, credential } = keeper.inputs().native;
      const configured = profile === settings.get().nativeProfile;
      // The turn looked later than the last check: what it found is not hidden from the status. That tells nothing of
      // the credential of a profile that one thread chose for itself.
      const seen = [runtime.binary, configured ? runtime.credential.fact : credential];
      if (!isDeepStrictEqual([binary, credential], seen)) void keeper.refresh(['codex-native']);
      return runtime;
    },
    settings: () => settings.get(),
    rawStream,
    onStart: async (program: ExecutableIdentity, start: StartReport): Promise<void> => {
      // At once, so that the very next turn meets the pin.
      if (await pins.record(program, start)) await keeper.refresh(['codex-native']);
    },
    clock: systemClock,
    log,
  };
  const server = new SharedServer({ clock: systemClock, log, version, experimentalApi: true });
  const readings = new ReadingsKeeper({
    inputs: () => keeper.inputs(),
    about: () => JSON.stringify([standing().nativeKey, keeper.current().inputs.native.providerLabel]),
    aboutApi: () => standing().apiKey,
    check: async () => {
      await keeper.refresh(['codex-native']);
    },
    resolve: () => resolveNative(null),
    server,
    closing: closing.signal,
    clock: systemClock,
    log,
  });
  const files = deps.files ?? plainFiles();
  const api = createResponsesLane({
    ...apiDeps,
    endpoints,
    modelFacts: (model) => keeper.inputs().api.models.find(({ id }) => id === model) ?? null,
    onLimits: (limits) => readings.endpointTold(limits),
    keepImage: async (bytes, type) => keepImage(await openDataHome({ env }), bytes, type),
    tools: createTools({
      wanted: () => settings.get().apiTools && workspace.trusted(),
      files,
      ripgrep: {
        places: () => {
          const { binary } = keeper.inputs().native;
          return binary.kind === 'found' ? ripgrepOfCodex(binary.identity.path) : [];
        },
        env: practice.env,
      },
      editor: () => deps.editor ?? null,
      commands,
      log,
    }),
    instructions: createInstructions({
      codexHome: () => codexHome(practice.env()),
      decode: files.decode,
      trusted: () => workspace.trusted(),
    }),
  });
  const nativeLanes = {
    exec: createExecLane({ ...nativeDeps, scratch: () => openDataHome({ env }) }),
    'app-server': sayingOfEffort(
      createAppServerLane({
        ...nativeDeps,
        editorTools: createEditorTools(() =>
          workspace.trusted() && settings.get().nativeEditorTools ? (deps.editor ?? null) : null,
        ),
        server,
        newId,
      }),
      (model) => offerOf(readings.current(), model),
    ),
  };
  const laneOf = (id: RunnableLaneId, transport: NativeTransport = 'exec'): Lane =>
    id === 'api' ? api : nativeLanes[transport];
  const events = new Emitter<{ readonly threadId: ThreadId; readonly events: readonly LogEvent[] }>((error) =>
    log.error('an event listener failed', error),
  );
  const activities = new Emitter<{ readonly threadId: ThreadId; readonly activity: Activity }>((error) =>
    log.error('an activity listener failed', error),
  );
  const transcript = lazyTranscript(
    env,
    {
      known: keys.known,
      learn: async () => {
        if (workspace.trusted()) await keys.learn(endpointFacts(settings.get().apiBaseUrl).origin);
      },
    },
    label,
    log,
  );
  const changes = createChanges({
    git: () => findGit(practice.env()),
    trusted: () => workspace.trusted(),
    home: () => openDataHome({ env }),
    clock: systemClock,
    log,
  });
  const grants = createGrantStore({
    home: () => openDataHome({ env }),
    secrets: keys.known,
    clock: systemClock,
    log,
    label,
  });
  const engine = new Engine(
    {
      transcript,
      grants,
      onSecrets: keys.remember,
      changes,
      clock: systemClock,
      log,
      settings,
      workspace,
      newId,
      newDigest,
      inputs: () => keeper.inputs(),
      probe: async (lane) => {
        await keeper.refresh([lane]);
      },
      lane: laneOf,
      payerOfProfile: async (profile) => {
        try {
          // Just as a turn will: its receipt must name whom the user said yes to.
          const { fact } = (await resolveNative(profile)).credential;
          return fact.kind === 'present' ? fact.payer : null;
        } catch (error) {
          log.error('who pays with a profile could not be found out', error);
          return null;
        }
      },
      folderTrust,
      nonGit,
      checkAttachment,
    },
    {
      onEvents: (threadId, batch) => {
        events.fire({ threadId, events: batch });
        // With its receipt a turn is over: what is asked now keeps nobody waiting.
        if (batch.some((event) => event.kind === 'receipt' && event.receipt.transport === 'app-server'))
          readings.again();
      },
      onActivity: (threadId, activity) => activities.fire({ threadId, activity }),
    },
  );
  const closeAll = async (): Promise<void> => {
    await engine.close();
    await server.close();
    await practice.stop();
  };
  const listening = new Disposables();
  listening.defer(settings.onChange(() => keeper.reconsider()));
  listening.defer(workspace.onChange(() => keeper.reconsider()));
  return {
    status: {
      current: () => keeper.current(),
      refresh: () => keeper.refresh(),
      onChange: (listener) => keeper.onChange(listener),
      keysChanged: () => {
        keysRevision += 1;
        keeper.reconsider();
        return keeper.refresh();
      },
    },
    runtime: {
      ...runtimeActions({
        dataHome: () => dataHomePath({ env }),
        native,
        trusted: () => workspace.trusted(),
        onInstalled: async () => {
          // One that was found before is not looked for again at once.
          finder = createBinaryFinder(systemClock);
          await keeper.refresh(['codex-native']);
        },
      }),
      signIn: signInAction({
        settings: settings.get,
        trusted: () => workspace.trusted(),
        practising: () => practice.state().on,
        resolve: () => resolveNative(null),
        server,
        onSignedIn: async () => {
          readings.forget();
          readings.again();
          await keeper.refresh(['codex-native']);
        },
        closing: closing.signal,
        clock: systemClock,
        log,
      }),
      readings: () => readings.current(),
      read: () => readings.read(),
      onReadings: (listener) => readings.onChange(listener),
      liftPin: async () => {
        await pins.lift();
        await keeper.refresh(['codex-native']);
      },
      processes: () => liveProcesses.list(),
      onProcesses: (listener) => liveProcesses.onChange(listener),
      endProcess: (pid) => liveProcesses.end(pid),
      reap: supervision.reap,
    },
    threads: {
      list: () => transcript.list(),
      create: (cwd) => engine.create(cwd),
      view: (id) => engine.view(id),
      glance: (id) => engine.glance(id),
      submit: (id, prompt) => engine.submit(id, prompt),
      steer: (id, prompt) => engine.steer(id, prompt),
      submitNow: (id, prompt) => engine.submitNow(id, prompt),
      sendQueued: (id, turn) => engine.sendQueued(id, turn),
      dropQueued: (id, turn) => engine.dropQueued(id, turn),
      setOptions: (id, options) => engine.setOptions(id, options),
      rename: (id, title) => engine.rename(id, title),
      fork: (id) => engine.fork(id),
      keepImage: async (bytes, type) => keepImage(await openDataHome({ env }), bytes, type),
      isKeptImage: async (path) => isKeptImage(await openDataHome({ env }), path),
      codex: codexThreadActions({
        inputs: () => keeper.inputs(),
        probe: async () => {
          await keeper.refresh(['codex-native']);
        },
        workspace,
        resolve: () => resolveNative(null),
        server,
        ours: () => transcript.list(),
        nativeOf: async (id) => (await engine.glance(id)).nativeThreadId,
        import: (history, cwd) => engine.import(history, cwd),
        clock: systemClock,
        log,
      }),
      worktree: worktreeActions({
        view: (id) => engine.view(id),
        whileIdle: (id, work) => engine.whileIdle(id, work),
        trusted: () => workspace.trusted(),
        env: practice.env,
        log,
      }),
      reviewChoices: reviewChoicesAction({
        view: (id) => engine.view(id),
        trusted: () => workspace.trusted(),
        env: practice.env,
        log,
      }),
      contentBefore: (blob) => changes.read(blob),
      wait: (id) => engine.wait(id),
      stop: (id) => engine.stop(id, 'user'),
      answer: (id, approvalId, given) => engine.answer(id, approvalId, given),
      acts: (id) => engine.acts(id),
      activity: (id) => engine.activity(id),
      onEvents: (listener) => events.on(({ threadId, events: batch }) => listener(threadId, batch)),
      onActivity: (listener) => activities.on(({ threadId, activity }) => listener(threadId, activity)),
    },
    grants: { list: grants.list, revoke: grants.revoke },
    endpoint: {
      forget: async () => {
        const { base } = endpointFacts(settings.get().apiBaseUrl);
        return base === null ? 0 : await endpoints.forget(base);
      },
    },
    practice: { state: practice.state, start: practice.start, stop: practice.stop },
    close: async () => {
      listening.dispose();
      keeper.close();
      closing.abort();
      readings.close();
      await supervision.close(closeAll());
    },
  };
}
