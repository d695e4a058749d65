/** Where a value stands: keys and list positions from the top of the file. */
export type KeyPath = readonly (string | number)[];

/** One mistake, in words for the person who wrote the file. Never carries a secret. */
export interface Problem {
  readonly path: KeyPath;
  /** Whether the key itself is wrong or what it holds. */
  readonly at: 'key' | 'value';
  readonly expected: string;
  readonly found: string;
  readonly advice: string;
}

export interface Position {
  readonly line: number;
  readonly column: number;
}

/** `stores[0].cameras[1].size.width` */
export function keyPathText(path: KeyPath): string {
  const text = path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .replace(/^\./, '');
  return text === '' ? '(whole file)' : text;
}

/** A paragraph about one mistake, its place first so that editors and terminals can jump to it. */
export function problemText(problem: Problem, file: string, position: Position): string {
  return [
    `${file}:${position.line}:${position.column}  ${keyPathText(problem.path)}`,
    `    expected: ${problem.expected}`,
    `    found:    ${problem.found}`,
    `    to do:    ${problem.advice}`,
  ].join('\n');
}

/** What was found, short enough for one line. Login data inside addresses is left out. */
export function foundText(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'nothing (the key has no value)';
  if (typeof value === 'string') return JSON.stringify(shorten(withoutLogin(value)));
  if (Array.isArray(value))
    return value.length === 1 ? 'a list of 1 entry' : `a list of ${value.length} entries`;
  if (typeof value === 'object') return 'a group of keys';
  return JSON.stringify(value);
}

/** Hides everything between `//` and the last `@` of an address. */
export function withoutLogin(address: string): string {
  return address.replace(/\/\/[^\s]*@/, '//[withheld]@');
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
