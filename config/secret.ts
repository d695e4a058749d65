import { inspect } from 'node:util';
import { UserError } from '../runtime/errors.ts';

const WITHHELD = '[withheld]';

/** The environment as it is handed to a part; `process.env` fits. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A password or login that shows itself only to who asks by name: printing, JSON and inspection show `[withheld]`. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The value itself; hand it straight to what needs it. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return WITHHELD;
  }

  toJSON(): string {
    return WITHHELD;
  }

  [inspect.custom](): string {
    return WITHHELD;
  }
}

/**
 * The secret in the environment variable `name`.
 * @throws UserError (`config.secret-missing`) when the variable is unset or empty
 */
export function secretFrom(environment: Environment, name: string): Secret {
  const value = environment[name];
  if (value === undefined || value === '') {
    throw new UserError(
      'config.secret-missing',
      `The environment variable ${name} is expected to hold a secret, but it is ${value === undefined ? 'not set' : 'empty'}.`,
      `Set ${name} in the environment of the store and start it again.`,
    );
  }
  return new Secret(value);
}
