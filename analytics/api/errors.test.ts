import { STATUS_CODES } from 'node:http';
import { describe, expect, it } from 'vitest';
import { ApiError, PROBLEMS, problemCodeOf, type ProblemCode } from './errors.ts';

const rows = Object.entries(PROBLEMS);

describe('the table of problems', () => {
  it.each(rows)('%s has a code in the form of ours, a title and an error status of HTTP', (code, problem) => {
    expect(code).toMatch(/^[a-z]+([.-][a-z]+)*$/);
    expect(problem.title).toMatch(/^[A-Z][^.]*$/);
    expect(STATUS_CODES[problem.status]).toBeDefined();
    expect(problem.status).toBeGreaterThanOrEqual(400);
  });

  it('says each title once', () => {
    const titles = rows.map(([, { title }]) => title);
    expect(new Set(titles).size).toBe(titles.length);
  });
});

describe('which problem a thrown thing is', () => {
  it.each<[string, unknown, ProblemCode]>([
    ['one of ours', new ApiError('camera.not-found', 'none'), 'camera.not-found'],
    ["Fastify's refusal of a query", withCode('FST_ERR_VALIDATION'), 'request.invalid'],
    ["Fastify's refusal of a body", withCode('FST_ERR_CTP_BODY_TOO_LARGE'), 'request.too-large'],
    ['an error with another code', withCode('ECONNREFUSED'), 'internal'],
    ['a mistake of ours', new TypeError('x is undefined'), 'internal'],
    ['no error at all', 'thrown text', 'internal'],
    ['nothing', undefined, 'internal'],
  ])('%s', (_what, thrown, code) => {
    expect(problemCodeOf(thrown)).toBe(code);
  });
});

function withCode(code: string): Error {
  return Object.assign(new Error('said by a library'), { code });
}
