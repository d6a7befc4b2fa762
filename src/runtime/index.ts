export { createBinaryFinder } from './binary-finder.ts';
export { type NativeRuntime, type NativeRuntimeInputs, probeNative, resolveNativeRuntime } from './native-runtime.ts';
export { binaryOfPackage } from './platform-binary.ts';
