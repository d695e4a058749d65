import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node } from 'yaml';
import type { KeyPath, Position, Problem } from './problem.ts';

/** A YAML file that was read but not yet judged. */
export interface Source {
  readonly value: unknown;
  /** Mistakes in the writing itself; `value` is not to be trusted when there are any. */
  readonly syntaxProblems: readonly PlacedProblem[];
  /** Where a key or its value stands; for one that is missing, where the group that lacks it begins. */
  positionOf(path: KeyPath, at: 'key' | 'value'): Position;
}

export interface PlacedProblem extends Problem {
  readonly position: Position;
}

/** Reads YAML 1.2 text. Never throws: mistakes are in the answer. Messages never quote the text, which may hold secrets. */
export function parseSource(text: string): Source {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, version: '1.2' });
  const place = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const syntaxProblems: PlacedProblem[] = [...document.errors, ...document.warnings].map((mistake) => ({
    ...explain(mistake.code),
    position: place(mistake.pos[0]),
  }));
  const content = syntaxProblems.length === 0 ? contentOf(document) : { value: undefined };
  if (content.problem !== undefined) syntaxProblems.push({ ...content.problem, position: place(0) });
  return {
    value: content.value,
    syntaxProblems,
    positionOf: (path, at) => place(offsetOf(document, path, at)),
  };
}

function contentOf(document: Document): { value: unknown; problem?: Problem } {
  try {
    const value: unknown = document.toJS();
    return value === null || value === undefined ? { value, problem: emptyFile() } : { value };
  } catch {
    // the only way that toJS fails: aliases without an anchor, or aliases that multiply into a bomb
    return { value: undefined, problem: explain('BAD_ALIAS') };
  }
}

function emptyFile(): Problem {
  return {
    path: [],
    at: 'value',
    expected: 'a deployment: at least the key `stores`',
    found: 'an empty file',
    advice: 'begin with a copy of config/demo/store.yaml',
  };
}

/** What a YAML error code means to somebody who does not know YAML's grammar. */
function explain(code: string): Problem {
  const [expected, found, advice] = WORDS.get(code) ?? [
    'YAML',
    `something that cannot be read (${code})`,
    'look at this line and the one before it: quotes, brackets, colons and indentation',
  ];
  return { path: [], at: 'value', expected, found, advice };
}

const WORDS = new Map<string, readonly [expected: string, found: string, advice: string]>([
  [
    'DUPLICATE_KEY',
    ['every key once in its group', 'a key that stands here for the second time', 'remove one of the two'],
  ],
  ['TAB_AS_INDENT', ['indentation by spaces', 'a tab', 'replace the tab by spaces']],
  [
    'MULTIPLE_DOCS',
    [
      'one document in the file',
      'a second document (after the line `---`)',
      'put it into a file of its own, or remove the line `---`',
    ],
  ],
  [
    'BAD_ALIAS',
    [
      'aliases (*name) that point to an anchor (&name)',
      'an alias that leads nowhere',
      'write the value itself in its place',
    ],
  ],
  ['TAG_RESOLVE_FAILED', ['plain values', 'a tag (!name) that means nothing here', 'remove the tag']],
  [
    'MISSING_CHAR',
    [
      'a closing quote or bracket',
      'the end of the line or of the file',
      'close what was opened before this place',
    ],
  ],
  [
    'BAD_INDENT',
    [
      'lines of one group with equal indentation, and every bracket closed',
      'another indentation',
      'align the line with its neighbours, or close the bracket',
    ],
  ],
  [
    'BLOCK_AS_IMPLICIT_KEY',
    [
      'one `key: value` a line',
      'a second colon, or a line that is indented too far',
      'put texts with a colon in quotes, or align the line with its neighbours',
    ],
  ],
  [
    'MULTILINE_IMPLICIT_KEY',
    ['one `key: value` a line', 'a key without a colon', 'write a colon and a space after the key'],
  ],
]);

function offsetOf(document: Document, path: KeyPath, at: 'key' | 'value'): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const [depth, step] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document);
    const wantsKey = at === 'key' && depth === path.length - 1;
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
      if (pair === undefined) return offset;
      offset = startOf(pair.key) ?? offset;
      node = pair.value;
      if (!wantsKey) offset = startOf(node) ?? offset;
    } else if (isSeq(node) && typeof step === 'number') {
      node = node.items[step];
      offset = startOf(node) ?? offset;
    } else return offset;
  }
  return offset;
}

function startOf(node: unknown): number | undefined {
  return isNodeWithRange(node) ? node.range[0] : undefined;
}

function isNodeWithRange(node: unknown): node is Node & { range: [number, number, number] } {
  return (
    (isScalar(node) || isMap(node) || isSeq(node) || isAlias(node)) &&
    node.range !== undefined &&
    node.range !== null
  );
}
