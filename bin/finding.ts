import { UserError } from '../runtime/errors.ts';

/** `advice` is no fault: the store works, and could work better. */
export interface Finding {
  readonly area: string;
  readonly status: 'ok' | 'advice' | 'problem';
  readonly message: string;
  readonly next?: string;
}

/** What a check that failed says. @throws whatever is no {@link UserError}: a fault of ours */
export function problem(area: string, thrown: unknown): Finding {
  if (!(thrown instanceof UserError)) throw thrown;
  return { area, status: 'problem', message: thrown.message, next: thrown.next };
}
