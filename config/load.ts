import { readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { messageOf, UserError } from '../runtime/errors.ts';
import { findInconsistencies } from './consistency.ts';
import { fillDefaults, isResolved } from './defaults.ts';
import { textOf } from './expectation.ts';
import { problemText } from './problem.ts';
import { Deployment } from './schema.ts';
import type { Environment } from './secret.ts';
import { parseSource } from './source.ts';
import { validate } from './validation.ts';

/**
 * Reads a deployment from a YAML file, judges it, fills in every default and makes paths absolute (they are relative to
 * the file). Secrets are not read: the environment variables that the file names are only looked for.
 * @throws UserError `config.unreadable` when there is no such file; `config.invalid` with every mistake in it, each with
 *   file:line:column, key path, what was expected, what was found and what to do
 */
export function loadDeployment(path: string, environment: Environment = process.env): Deployment {
  const absolute = resolve(path);
  return parseDeployment(readText(absolute), absolute, environment);
}

/** {@link loadDeployment} for text that is already in memory; `path` says where it would stand. */
export function parseDeployment(text: string, path: string, environment: Environment): Deployment {
  const source = parseSource(text);
  const shown = shownPath(path);
  if (source.syntaxProblems.length > 0) {
    fail(
      shown,
      source.syntaxProblems.map((problem) => problemText(problem, shown, problem.position)),
    );
  }
  const problems = [...validate(Deployment, source.value), ...findInconsistencies(source.value, environment)]
    .map((problem) => ({ problem, position: source.positionOf(problem.path, problem.at) }))
    .sort((a, b) => a.position.line - b.position.line || a.position.column - b.position.column);
  if (problems.length > 0) {
    fail(
      shown,
      problems.map(({ problem, position }) => problemText(problem, shown, position)),
    );
  }
  const folder = dirname(path);
  const deployment = fillDefaults(Deployment, source.value, (schema, written) =>
    textOf(schema, 'holds') === 'file' ? resolve(folder, written) : written,
  );
  if (!isResolved(Deployment, deployment)) {
    throw new TypeError('the configuration schema and its validation disagree: this is a mistake of ours');
  }
  return deployment;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new UserError(
      'config.unreadable',
      `The configuration file ${shownPath(path)} is expected to be there and readable, but: ${messageOf(error)}.`,
      'Name a configuration file that exists; config/demo/store.yaml is one to start from.',
      { cause: error },
    );
  }
}

function fail(file: string, paragraphs: readonly string[]): never {
  const count = paragraphs.length === 1 ? '1 mistake' : `${paragraphs.length} mistakes`;
  throw new UserError(
    'config.invalid',
    `The configuration ${file} has ${count}:\n\n${paragraphs.join('\n\n')}\n`,
    'Mend the file and start again; docs/configuration.md explains every key.',
  );
}

/** As short as it can be said from where the person stands. */
function shownPath(path: string): string {
  const fromHere = relative(process.cwd(), path);
  return fromHere.startsWith('..') || fromHere === '' ? path : fromHere;
}
