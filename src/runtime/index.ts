export { type CliFacts, type CliReader, createCliReader, neededExecWords, turnOptionWords } from './abilities.ts';
export type * as AppServer from './app-server/generated/protocol.ts';
export {
  type KeptConversation,
  type KeptThread,
  type KeptTurn,
  keptThread,
  listKeptThreads,
  readKeptThread,
  whyNotRead,
} from './app-server/kept-threads.ts';
export type { Lease } from './app-server/lease.ts';
export type { Notification, Reader, RequestOptions, WireListener } from './app-server/peer.ts';
export type { Answerer, Question, Withdrawal } from './app-server/questions.ts';
export {
  isAnotherAccount,
  limitsTold,
  readAccount,
  readFeatures,
  readLimits,
  readModelOffers,
} from './app-server/readers.ts';
export { isRpcError, type RpcFailure } from './app-server/rpc-error.ts';
export type { ServerEnd } from './app-server/server-end.ts';
export type { ServerProgram } from './app-server/server-process.ts';
export { serverProgram } from './app-server/server-program.ts';
export { SharedServer, type SharedServerOptions, type StartHook } from './app-server/shared-server.ts';
export { signIn } from './app-server/sign-in.ts';
export { createBinaryFinder } from './binary-finder.ts';
export { type DiscoveryInputs, listCandidates } from './candidates.ts';
export { createCertificateFile } from './certificate-file.ts';
export { codexHome } from './codex-home.ts';
export { commandEnvironment } from './command-environment.ts';
export { createCommandSandbox } from './command-sandbox.ts';
export { type CrashPins, createCrashPins, type StartReport } from './crash-pins.ts';
export type { NativeCredential } from './credential.ts';
export { type DoctorInputs, runDoctor } from './doctor.ts';
export { type FailureRule, failureFromMessage, failureFromWords, firstMatch } from './failure-words.ts';
export { createFolderTrust } from './folder-trust.ts';
export { type ReviewChoices, reviewChoices } from './git-review.ts';
export { findWorktree } from './git-worktree.ts';
export type { WorktreeFile } from './git-worktree-changes.ts';
export { discardWorktree, mergeWorktree, worktreeDiff } from './git-worktree-merge.ts';
export { findGit } from './git-worktree-run.ts';
export { type InstallInputs, installCodex } from './install.ts';
export { managedFolder } from './managed-folder.ts';
export {
  discoveryInputs,
  type NativeRuntime,
  type NativeRuntimeInputs,
  nativeNetwork,
  probeNative,
  resolveNativeRuntime,
} from './native-runtime.ts';
export type { Network } from './network.ts';
export { createNonGitFolders } from './non-git-folders.ts';
export { binaryOfPackage, ripgrepOfCodex } from './platform-binary.ts';
export { listProfiles } from './profiles.ts';
export { codexPackage, testedVersion } from './tested-version.ts';
export { checkReady, type Ready } from './turn/ready.ts';
export { StderrWarnings } from './turn/stderr-warnings.ts';
export { turnFacts } from './turn/turn-facts.ts';
export { unlessStopped } from './turn/unless-stopped.ts';
export { type Overdue, Watchdog } from './turn/watchdog.ts';
export { silentHop, type TurnSight, type Work, Xray } from './turn/x-ray.ts';
export { proxyWords } from './vault/refusal.ts';
export { openVault, type VaultGrant, withoutSnapshot } from './vault/vault-access.ts';
export { vaultFailure } from './vault/vault-failure.ts';
export { sourceOfText } from './warning-source.ts';
