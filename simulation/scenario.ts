import { readFileSync } from 'node:fs';
import { Type } from 'typebox';
import { fillDefaults, isGroup, isResolved, withDefault, type Resolved } from '../config/defaults.ts';
import { problemText, type Problem } from '../config/problem.ts';
import { parseSource } from '../config/source.ts';
import { validate } from '../config/validation.ts';
import { messageOf, UserError } from '../runtime/errors.ts';
import { CAST } from './cast.ts';

const strict = { additionalProperties: false };
const share = (description: string, value: number) =>
  withDefault(Type.Number({ minimum: 0, maximum: 1, description }), value);

/** A scenario as written: who comes to the virtual shop, when, and how well the camera sees. */
export const ScenarioFile = Type.Object(
  {
    seed: Type.Integer({
      minimum: 0,
      maximum: 0xffffffff,
      description: 'the same seed gives the same video',
    }),
    shoppers: Type.Integer({ minimum: 1, maximum: 2000, description: 'visits in all' }),
    minutes: Type.Number({ minimum: 0.05, maximum: 120, description: 'length of the video' }),
    members: Type.Array(Type.String({ minLength: 1 }), {
      description: 'who is enrolled: ids of simulation/cast.ts',
    }),
    memberShare: share('of all visits, those of members', 0.55),
    laneShare: withDefault(
      Type.Object(
        {
          members: share("of members' visits, those through the lane", 0.85),
          others: share("of the others' visits, those through the lane", 0.4),
        },
        strict,
      ),
      {},
    ),
    groupShare: share('of visits, those that come close behind somebody else', 0.25),
    floor: withDefault(
      Type.Object(
        {
          staff: withDefault(
            Type.Integer({
              minimum: 0,
              maximum: 2,
              description: 'people who work there: at the till, on the floor',
            }),
            2,
          ),
          staySeconds: withDefault(
            Type.Tuple([Type.Number({ minimum: 10 }), Type.Number({ minimum: 10 })], {
              expects: '[shortest, longest]',
              description: 'how long a visit lasts, about, without the time in the queue',
            }),
            [25, 70] as const,
          ),
          payShare: share('of visits, those that end at the till', 0.5),
          fittingShare: share('of visits, those that try something on', 0.25),
          giveUpShare: share('of those who queue, those who lose patience', 0.15),
        },
        strict,
      ),
      {},
    ),
    camera: withDefault(
      Type.Object(
        {
          framesPerSecond: withDefault(Type.Integer({ minimum: 5, maximum: 30 }), 15),
          noise: withDefault(
            Type.Number({ minimum: 0, maximum: 20, description: 'of the sensor, in levels of 255' }),
            2,
          ),
          exposureSwing: withDefault(
            Type.Number({ minimum: 0, maximum: 0.5, description: 'how much light clouds take, a fraction' }),
            0.07,
          ),
          quality: withDefault(
            Type.Integer({ minimum: 0, maximum: 51, description: 'H.264 quantizer, 0 is lossless' }),
            23,
          ),
        },
        strict,
      ),
      {},
    ),
  },
  strict,
);

/** A scenario with every default filled in. */
export type Scenario = Resolved<typeof ScenarioFile>;

/** Reads a scenario. @throws UserError `simulation.scenario-unreadable`, `simulation.scenario-invalid` with key paths */
export function loadScenario(path: string): Scenario {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new UserError(
      'simulation.scenario-unreadable',
      `The scenario ${path} is expected to be there and readable, but: ${messageOf(error)}.`,
      'Name a scenario that exists; config/demo/scenario.yaml is one to start from.',
      { cause: error },
    );
  }
  return parseScenario(text, path);
}

/** {@link loadScenario} for text that is already in memory; `path` says where it would stand. */
export function parseScenario(text: string, path: string): Scenario {
  const source = parseSource(text);
  const written = source.value ?? {};
  const syntax = source.syntaxProblems.filter(({ found }) => found !== 'an empty file');
  const mistakes =
    syntax.length > 0
      ? syntax.map((problem) => problemText(problem, path, problem.position))
      : [...validate(ScenarioFile, written), ...inconsistencies(written)].map((problem) =>
          problemText(problem, path, source.positionOf(problem.path, problem.at)),
        );
  if (mistakes.length > 0) {
    throw new UserError(
      'simulation.scenario-invalid',
      `The scenario ${path} has ${mistakes.length === 1 ? '1 mistake' : `${mistakes.length} mistakes`}:\n\n${mistakes.join('\n\n')}\n`,
      'Mend the file and start again; config/demo/scenario.yaml explains every key.',
    );
  }
  const filled = fillDefaults(ScenarioFile, written, (_schema, value) => value);
  if (!isResolved(ScenarioFile, filled)) {
    throw new TypeError('the scenario schema and its validation disagree: this is a mistake of ours');
  }
  return filled;
}

/** What the schema alone can't see. Values of the wrong type are the schema's to tell. */
function inconsistencies(written: unknown): Problem[] {
  if (!isGroup(written) || !Array.isArray(written['members'])) return [];
  const ids = CAST.map(({ id }) => id);
  const members = written['members'].filter((id) => typeof id === 'string');
  const problems: Problem[] = members.flatMap((id, index) => {
    const path = ['members', index];
    if (!ids.includes(id)) {
      return [
        {
          path,
          at: 'value' as const,
          expected: `one of the cast: ${ids.join(', ')}`,
          found: JSON.stringify(id),
          advice: 'choose one of them; simulation/cast.ts says who they are',
        },
      ];
    }
    if (members.indexOf(id) === index) return [];
    return [
      {
        path,
        at: 'value' as const,
        expected: 'every member once',
        found: `${JSON.stringify(id)} for the second time`,
        advice: 'remove one of the two',
      },
    ];
  });
  const memberShare = written['memberShare'];
  const missing = (who: string, advice: string): Problem => ({
    path: ['members'],
    at: 'value',
    expected: who,
    found: `${members.length} members of a cast of ${ids.length}`,
    advice,
  });
  if (members.length === 0 && memberShare !== 0) {
    problems.push(missing('somebody, since members come too', 'name members, or write `memberShare: 0`'));
  }
  if (ids.every((id) => members.includes(id)) && memberShare !== 1) {
    problems.push(missing('fewer, since others come too', 'remove some, or write `memberShare: 1`'));
  }
  return problems;
}
