/** True for a path that means the same wherever a program runs, on this platform or another: `/a`, `C:\\a`, `\\\\host\\a`. */
export function isAbsolutePath(path: string): boolean {
  return /^(?:\/|[A-Za-z]:[\\/]|\\\\[^\\])/.test(path);
}
