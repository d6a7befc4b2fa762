export { type BinaryFinder, createBinaryFinder, type FoundBinary } from './binary-finder.ts';
export { childEnvironment, type Environment } from './child-environment.ts';
export { type CodexConfig, type CodexConfigRead, type CodexProvider, readCodexConfig } from './codex-config.ts';
export { codexHome } from './codex-home.ts';
export type { NativeCredential } from './credential.ts';
export { type DiscoveryInputs, discoverCodex, managedFolder } from './discover.ts';
export { loginShellPath } from './login-shell-path.ts';
export {
  type NativeRuntime,
  type NativeRuntimeInputs,
  probeNative,
  resolveNativeRuntime,
  testedVersion,
} from './native-runtime.ts';
export { maskKey } from './own-login.ts';
export { binaryOfPackage } from './platform-binary.ts';
