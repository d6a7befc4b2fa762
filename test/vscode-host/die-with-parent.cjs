// Preloaded into the server: when whoever started it is gone (its end of our stdin closes), the server's whole process
// group ends. Without it a killed test leaves an extension host behind for three hours (the reconnection grace time).
if (process.env.CODEX_LANES_HOST_WATCH_STDIN) {
  delete process.env.CODEX_LANES_HOST_WATCH_STDIN; // not for the server's own children
  process.stdin.on('end', () => {
    try {
      process.kill(-process.pid, 'SIGKILL');
    } catch {
      process.exit(1);
    }
  });
  process.stdin.on('error', () => {});
  process.stdin.resume();
}
