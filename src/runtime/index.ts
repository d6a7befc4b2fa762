export { createCliReader } from './abilities.ts';
export { createBinaryFinder } from './binary-finder.ts';
export { createCertificateFile } from './certificate-file.ts';
export { type CrashPins, createCrashPins, type StartReport } from './crash-pins.ts';
export { type NativeRuntime, type NativeRuntimeInputs, probeNative, resolveNativeRuntime } from './native-runtime.ts';
export { binaryOfPackage } from './platform-binary.ts';
