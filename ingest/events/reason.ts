import type { TLocalizedValidationError } from 'typebox/error';

/**
 * Says why a value breaks its schema: where, what was expected, what was found. What was found is only described (its
 * kind and length), because the reason is stored and shown where the content must not be.
 * @param errors of the validator, at least one
 * @param value what was validated
 */
export function reasonOf(errors: readonly TLocalizedValidationError[], value: unknown): string {
  const [first] = errors;
  if (first === undefined) return 'expected an event of its schema';
  if (first.keyword === 'required') {
    const path = `${first.instancePath}/${first.params.requiredProperties[0] ?? ''}`;
    return `expected a value, found nothing at ${path}`;
  }
  const path = first.instancePath;
  const here = errors.filter((error) => error.instancePath === path);
  return `expected ${expectationOf(here)}, found ${describe(valueAt(value, path))} at ${path === '' ? '/' : path}`;
}

/** What kind of value it is, without the value. */
export function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'string') return `text of ${value.length} characters`;
  if (typeof value === 'number') return Number.isInteger(value) ? 'a whole number' : 'a number';
  return typeof value === 'boolean' ? 'a truth value' : 'an object';
}

function expectationOf(errors: readonly TLocalizedValidationError[]): string {
  const allowed = errors.flatMap((error) =>
    error.keyword === 'const' ? [JSON.stringify(error.params.allowedValue)] : [],
  );
  if (allowed.length > 0) return allowed.join(' or ');
  const error = errors[0]!;
  switch (error.keyword) {
    case 'type':
      return String(error.params.type);
    case 'pattern':
      return `text of the form ${String(error.params.pattern)}`;
    case 'minimum':
    case 'maximum':
    case 'exclusiveMinimum':
    case 'exclusiveMaximum':
      return `${error.params.comparison} ${error.params.limit}`;
    case 'minLength':
      return `text of at least ${error.params.limit} characters`;
    default:
      // The validator's own sentence; it is made of the schema alone.
      return `that it ${error.message}`;
  }
}

function valueAt(value: unknown, path: string): unknown {
  let at: unknown = value;
  for (const part of path.split('/').slice(1)) {
    if (typeof at !== 'object' || at === null) return undefined;
    at = Object.getOwnPropertyDescriptor(at, part)?.value;
  }
  return at;
}
