import { describe, expect, test } from 'vitest';
import { ROOT } from '../runtime/paths.ts';
import { UserError } from '../runtime/errors.ts';
import { loadScenario, parseScenario } from './scenario.ts';

const valid = 'seed: 7\nshoppers: 10\nminutes: 1\nmembers: [6a, 6b]\n';

describe('a scenario', () => {
  test('of the demo store is in order', () => {
    const scenario = loadScenario(`${ROOT}config/demo/scenario.yaml`);
    expect(scenario.shoppers).toBeGreaterThanOrEqual(24);
    expect(scenario.members).toContain('3b');
  });

  test('needs four keys; the rest has defaults', () => {
    expect(parseScenario(valid, 'mine.yaml')).toMatchObject({
      seed: 7,
      memberShare: 0.55,
      laneShare: { members: 0.85, others: 0.4 },
      camera: { framesPerSecond: 15, noise: 2 },
    });
  });

  test.each([
    ['an unknown key', `${valid}colour: red\n`, 'mine.yaml:5:1  colour'],
    ['a misspelt key', valid.replace('shoppers', 'shopers'), 'did you mean `shoppers`'],
    ['a missing key', valid.replace('minutes: 1\n', ''), 'nothing: the key is missing'],
    ['a share above 1', `${valid}memberShare: 1.2\n`, 'mine.yaml:5:14  memberShare'],
    ['a nested mistake', `${valid}camera: { noise: -1 }\n`, 'camera.noise'],
    ['nobody by that id', valid.replace('6b', '9z'), 'members[1]'],
    ['a member named twice', valid.replace('6b', '6a'), '"6a" for the second time'],
    ['members without a face', valid.replace('[6a, 6b]', '[]'), 'write `memberShare: 0`'],
    ['an empty file', '', 'nothing: the key is missing'],
    ['broken YAML', 'seed: [1\n', 'mine.yaml:'],
  ])('%s is told with its place', (_what, text, told) => {
    expect(() => parseScenario(text, 'mine.yaml')).toThrow(UserError);
    expect(() => parseScenario(text, 'mine.yaml')).toThrow(told);
  });

  test('that is not there is told by its path', () => {
    expect(() => loadScenario('/no/such/scenario.yaml')).toThrow('/no/such/scenario.yaml');
  });
});
