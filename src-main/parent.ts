/** How often it is looked whether the parent is still there, in milliseconds. */
const lookEveryMs = 250;

/**
 * Calls back once when the process that started this one is gone. npm runs scripts through a shell, and a signal for
 * npm ends npm and that shell alone: without this, the app would go on without anybody to stop it. Does nothing
 * outside npm, where a service manager or a shell may well start the app and leave.
 */
export function whenNpmIsGone(callback: () => void): void {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    callback();
  }, lookEveryMs);
  timer.unref();
}
