/**
 * A mistake that a person can mend: a configuration, a missing file, a taken port. It is shown as its message, never as
 * a stack trace. The message says what was found, and `next` what to do.
 */
export class UserError extends Error {
  readonly code: string;
  readonly next: string;

  /**
   * @param code stable machine-readable name, e.g. `config.invalid`
   * @param message what was expected and what was found
   * @param next what to do now
   */
  constructor(code: string, message: string, next: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'UserError';
    this.code = code;
    this.next = next;
  }
}

/** The message of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
