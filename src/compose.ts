import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Disposables, Emitter } from './base/index.ts';
import { createChanges } from './changes/index.ts';
import type {
  CodexThread,
  CodexThreadActions,
  CodexThreads,
  InstallPlan,
  KeptImageType,
  PracticeState,
  ReviewChoicesAction,
  SignInAction,
  WorktreeActions,
} from './compose/index.ts';
import {
  checkAttachment,
  codexThreadActions,
  createApiKeys,
  createGrantStore,
  createPracticeSwitch,
  createRawStreams,
  endpointFacts,
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
import type { Activity, ForkResult } from './engine/index.ts';
import { Engine, StatusKeeper } from './engine/index.ts';
import { createAppServerLane } from './lanes/app-server/index.ts';
import { createExecLane } from './lanes/exec/index.ts';
import { createResponsesLane, probeApi } from './lanes/responses/index.ts';
import type {
  ActRefusals,
  ApprovalId,
  ApprovalResult,
  BinaryCandidate,
  DoctorReport,
  ExecutableIdentity,
  GivenAnswer,
  GrantEntry,
  InstallOutcome,
  InstallProgress,
  Leftover,
  LiveProcess,
  LogEvent,
  Prompt,
  Readings,
  RunnableLaneId,
  StampedStatus,
  SubmitResult,
  ThreadId,
  ThreadOptions,
  ThreadView,
  TurnId,
} from './model/index.ts';
import { messageOf, offerOf } from './model/index.ts';
import { readStampedStatus } from './model/schema/index.ts';
import { dataHomePath, liveProcesses, newId, openDataHome, systemClock } from './node/index.ts';
import type { Editor, Lane, Log, Secrets, Settings, ThreadSummary, Workspace } from './ports/index.ts';
import type { NativeTransport } from './routing/index.ts';
import type { NativeRuntime, NativeRuntimeInputs, StartReport } from './runtime/index.ts';
import {
  createBinaryFinder,
  createCertificateFile,
  createCliReader,
  createCrashPins,
  createFolderTrust,
  createNonGitFolders,
  findGit,
  probeNative,
  resolveNativeRuntime,
  SharedServer,
} from './runtime/index.ts';

/** What a door gives: its own ways to the outside. Everything else the core brings itself. */
export type AppDeps = {
  /** What this process is, in words for the user of another one. Default: a VS Code window. */
  readonly label?: string;
  /** Of the product, as Codex's app-server tells its provider. */
  readonly version?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
  readonly secrets: Secrets;
  readonly settings: Settings;
  readonly workspace: Workspace;
  /** What the model may look at in the window; left out = there is none. */
  readonly editor?: Editor;
  /** The status as it was stored by an earlier session, shown with its age until the first probe. */
  readonly storedStatus: StampedStatus | null;
  /** Keeps a status for the next session. */
  readonly storeStatus: (status: StampedStatus) => void;
};

export type { Activity, CodexThread, CodexThreads, PracticeState, SubmitResult };

/** The one thing that doors call. All calls are async or give plain data, so that the core can leave its process one day. */
export type App = {
  readonly status: {
    readonly current: () => StampedStatus;
    /** Probes both lanes (spawns the Codex program unless the workspace is untrusted). Never throws. */
    readonly refresh: () => Promise<StampedStatus>;
    readonly onChange: (listener: (status: StampedStatus) => void) => () => void;
    /**
     * To be called when a stored key was set or taken away, which the key store tells nobody: what was found with the
     * old one is dropped and asked anew.
     */
    readonly keysChanged: () => Promise<StampedStatus>;
  };
  /** Codex on this machine. */
  readonly runtime: {
    /** `codex doctor`, which asks the network. */
    readonly doctor: () => Promise<DoctorReport>;
    /** Everything that was looked at in the search for Codex, in order. */
    readonly candidates: () => Promise<readonly BinaryCandidate[]>;
    /** Names of the configuration profiles in Codex's own folder. */
    readonly profiles: () => Promise<readonly string[]>;
    /** What {@link install} would place and where, to ask before it. */
    readonly installPlan: () => InstallPlan;
    /** Installs the pinned Codex into the data home, with npm. The status is asked anew when it is done. */
    readonly install: (onProgress: (progress: InstallProgress) => void, signal: AbortSignal) => Promise<InstallOutcome>;
    /**
     * Signs Codex in to ChatGPT, with what the user has to do told as steps; Codex keeps the login. Spawns nothing in an
     * untrusted workspace. Aborting cancels it at Codex, too. Never throws. The status is asked anew when it is done.
     */
    readonly signIn: SignInAction;
    /** What Codex's app-server said of the account, its limits, models and switches, and the endpoint of its limits. */
    readonly readings: () => Readings;
    /** Asks the app-server for them, as {@link ReadingsKeeper.read}; for where somebody wants to know. Never throws. */
    readonly read: () => Promise<Readings>;
    readonly onReadings: (listener: () => void) => () => void;
    /** Lets a build start again that was pinned after failed starts. */
    readonly liftPin: () => Promise<void>;
    /** The living processes that this process started, oldest first. */
    readonly processes: () => readonly LiveProcess[];
    readonly onProcesses: (listener: (rows: readonly LiveProcess[]) => void) => () => void;
    /** Ends one of them with all that it started, and waits until it is gone; false when it was none of ours (any more). */
    readonly endProcess: (pid: number) => Promise<boolean>;
    /**
     * Ends what windows and command lines left behind that died without a word, and says what became of each program. For
     * the start of a door; several may do it at once. Never throws.
     */
    readonly reap: () => Promise<readonly Leftover[]>;
  };
  readonly threads: {
    readonly list: () => Promise<readonly ThreadSummary[]>;
    /** Makes a thread that keeps `cwd`. Nothing is written before its first prompt. */
    readonly create: (cwd: string | null) => ThreadId;
    /** The fold of all its events. An id that was never written gives an empty thread. Throws LanesError. */
    readonly view: (threadId: ThreadId) => Promise<ThreadView>;
    /** The same for a look at many: what was not in use is not kept in memory. Throws LanesError. */
    readonly glance: (threadId: ThreadId) => Promise<ThreadView>;
    /**
     * Queues a prompt behind the running turn. Answers once it is recorded; a refusal that belongs to the transcript
     * (a locked lane, no key) is a recorded failed turn and `ok: true`. With `ask`, the user is asked first.
     */
    readonly submit: (threadId: ThreadId, prompt: Prompt) => Promise<SubmitResult>;
    /**
     * Hands a message to the running turn, where its lane takes that; else, also where the turn ends just then, it is
     * submitted.
     */
    readonly steer: (threadId: ThreadId, prompt: Prompt) => Promise<SubmitResult>;
    /** Ends the running turn and runs this prompt next; what waits goes on waiting. */
    readonly submitNow: (threadId: ThreadId, prompt: Prompt) => Promise<SubmitResult>;
    /** Ends the running turn and runs a prompt that waits next. Refused when it does not wait any more. */
    readonly sendQueued: (threadId: ThreadId, turn: TurnId) => Promise<SubmitResult>;
    /** Takes a prompt that waits out of the queue. Refused when it does not wait any more. */
    readonly dropQueued: (threadId: ThreadId, turn: TurnId) => Promise<SubmitResult>;
    /** Refused with a sentence where they don't fit. They hold from the next turn on and are kept with the thread. */
    readonly setOptions: (threadId: ThreadId, options: ThreadOptions) => Promise<SubmitResult>;
    readonly rename: (threadId: ThreadId, title: string) => Promise<SubmitResult>;
    /** A new thread that begins with all that was said in this one. Refused while this one runs or queues a turn. */
    readonly fork: (threadId: ThreadId) => Promise<ForkResult>;
    /** Keeps an image that has no file of its own, so that it can go with a prompt: its path. Throws LanesError `storage`. */
    readonly keepImage: (bytes: Uint8Array, type: KeptImageType) => Promise<string>;
    /** The threads that Codex itself keeps and that are none of ours. */
    readonly codex: CodexThreadActions;
    /** The git worktree that a thread runs in. */
    readonly worktree: WorktreeActions;
    readonly reviewChoices: ReviewChoicesAction;
    /** A file's content as it stood before a change, by the `blob` of a baseline; null = it is not kept (any more). */
    readonly contentBefore: (blob: string) => Promise<Uint8Array | null>;
    /** The user says to go on waiting for the running turn: its limits of silence begin anew. False: nothing waits with one. */
    readonly wait: (threadId: ThreadId) => boolean;
    /** Stops the running turn. Resolves when it has ended. */
    readonly stop: (threadId: ThreadId) => Promise<void>;
    /** Answers what the running turn asks: refused when it is not asked (any more) or the answer was not offered. */
    readonly answer: (threadId: ThreadId, approvalId: ApprovalId, given: GivenAnswer) => Promise<ApprovalResult>;
    /**
     * Why the next turn could not compact the thread, or review changes, as far as the thread was read and the lanes were
     * checked; null = it could. Whoever submits one all the same gets the same answer.
     */
    readonly acts: (threadId: ThreadId) => ActRefusals;
    readonly activity: (threadId: ThreadId) => Activity;
    /** Gapless runs of stored events, one batch at a time. */
    readonly onEvents: (listener: (threadId: ThreadId, events: readonly LogEvent[]) => void) => () => void;
    readonly onActivity: (listener: (threadId: ThreadId, activity: Activity) => void) => () => void;
  };
  /** What the user allowed beyond once, on this machine. */
  readonly grants: {
    /** Newest first. Throws LanesError. */
    readonly list: () => Promise<readonly GrantEntry[]>;
    /** False when there is none with this id (any more). Throws LanesError. */
    readonly revoke: (id: string) => Promise<boolean>;
  };
  readonly practice: {
    readonly state: () => PracticeState;
    /** Starts the practice endpoint in this process and points both lanes at it until it is stopped. */
    readonly start: (sampleFolders: readonly string[]) => Promise<PracticeState>;
    readonly stop: () => Promise<void>;
  };
  /**
   * Interrupts running turns (by `shutdown`), waits until all that was started is gone, releases the threads. Takes less than
   * 5 s: what does not go by then is ended by the next start.
   */
  readonly close: () => Promise<void>;
};

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
      const { origin } = endpointFacts(now.apiBaseUrl);
      const found = origin === null ? null : await keys.lookUp(origin);
      return probeApi({ settings: now, key: found?.key ?? null, credentialInputs: found?.inputs ?? [] });
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
  const api = createResponsesLane({
    ...apiDeps,
    onLimits: (limits) => readings.endpointTold(limits),
  });
  const nativeLanes = {
    exec: createExecLane({ ...nativeDeps, scratch: () => openDataHome({ env }) }),
    'app-server': sayingOfEffort(
      createAppServerLane({
        ...nativeDeps,
        editor: () => (workspace.trusted() && settings.get().nativeEditorTools ? (deps.editor ?? null) : null),
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
  const transcript = lazyTranscript(env, keys.known, label, log);
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
