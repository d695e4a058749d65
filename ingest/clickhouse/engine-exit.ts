/** Why the engine's child process gave up by itself, as its exit status: the parent turns each into a sentence. */
export const ENGINE_EXIT = {
  /** GLib's shared library is not on this machine. */
  glibMissing: 71,
  /** Another running engine holds the data directory. */
  directoryTaken: 72,
} as const;
