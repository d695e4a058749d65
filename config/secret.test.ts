import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { secretFrom } from './secret.ts';

test('a secret shows itself only to who asks for it', () => {
  const secret = secretFrom({ DOOR_LOGIN: 'viewer:word' }, 'DOOR_LOGIN');
  expect(secret.reveal()).toBe('viewer:word');
  const everyWayToPrint = [
    String(secret),
    JSON.stringify({ secret }),
    inspect({ secret }, { showHidden: true }),
    Object.values(secret).join(''),
  ].join(' ');
  expect(everyWayToPrint).toContain('[withheld]');
  expect(everyWayToPrint).not.toContain('word');
});

test.each([
  ['not set', {}],
  ['empty', { DOOR_LOGIN: '' }],
])('a variable that is %s is named', (how, environment) => {
  expect(() => secretFrom(environment, 'DOOR_LOGIN')).toThrow(
    `DOOR_LOGIN is expected to hold a secret, but it is ${how}`,
  );
});
