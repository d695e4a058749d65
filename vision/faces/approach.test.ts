import { describe, expect, test } from 'vitest';
import { newId, toSubjectKey } from '../../runtime/ids.ts';
import { createApproach, type Look } from './approach.ts';

const ANNA = toSubjectKey(newId());
const BERT = toSubjectKey(newId());
const near = (subjectKey = ANNA, distance = 0.5, margin = 0.4): Look => ({
  kind: 'compared',
  match: { subjectKey, distance, margin },
});
const FAR = near(ANNA, 0.95, 0.2);
const CLOSE_CALL = near(ANNA, 0.6, 0.02);
const BLURRED: Look = { kind: 'poor-quality', reason: 'blurred' };
const RULE = { threshold: 0.77, margin: 0.06, minimumVotes: 3 };

const decide = (looks: readonly Look[]): string => {
  const approach = createApproach(RULE);
  for (const look of looks) approach.add(look);
  const { decision } = approach;
  return decision.kind === 'accepted' ? (decision.subjectKey === ANNA ? 'Anna' : 'Bert') : decision.reason;
};

describe('who walks through the lane', () => {
  test.each<[string, Look[], string]>([
    ['nothing was seen yet', [], 'gathering'],
    ['two good frames are not three', [near(), near()], 'gathering'],
    ['three good frames', [near(), near(), near()], 'Anna'],
    ['blurred frames in between do not count', [near(), BLURRED, near(), BLURRED, near()], 'Anna'],
    ['only blurred frames', [BLURRED, BLURRED], 'poor-quality'],
    ['a stranger', [FAR, FAR, FAR, FAR], 'too-far'],
    [
      'a stranger with two lucky frames of nine',
      [FAR, near(), FAR, FAR, FAR, FAR, near(), FAR, FAR],
      'too-far',
    ],
    [
      'a stranger with three lucky frames of nine',
      [FAR, near(), FAR, FAR, FAR, FAR, near(), FAR, near()],
      'gathering',
    ],
    ['too near to two members', [CLOSE_CALL, CLOSE_CALL, CLOSE_CALL, CLOSE_CALL], 'ambiguous'],
    [
      'now one member, now the other',
      [near(), near(BERT), near(), near(BERT), near(), near(BERT)],
      'ambiguous',
    ],
    ['one frame for the other member among many', [near(BERT), near(), near(), near(), near()], 'Anna'],
    ['far away first, then close', [FAR, FAR, FAR, near(), near(), near()], 'Anna'],
    ['no members enrolled', [{ kind: 'no-members' }], 'no-members'],
  ])('%s', (_what, looks, expected) => {
    expect(decide(looks)).toBe(expected);
  });

  test('an accepted decision carries its evidence', () => {
    const approach = createApproach(RULE);
    approach.add(near(ANNA, 0.4, 0.5));
    approach.add(near(ANNA, 0.5, 0.4));
    const decision = approach.add(near(ANNA, 0.6, 0.3));
    expect(decision).toMatchObject({ kind: 'accepted', subjectKey: ANNA, threshold: 0.77, frames: 3 });
    if (decision.kind !== 'accepted') return;
    expect(decision.distance).toBeCloseTo(0.5);
    expect(decision.margin).toBeCloseTo(0.4);
  });

  test('an accepted decision stays, until the member withdraws', () => {
    const approach = createApproach(RULE);
    for (const look of [near(), near(), near(), FAR, FAR, FAR, FAR]) approach.add(look);
    expect(approach.decision.kind).toBe('accepted');
    approach.forget(BERT);
    expect(approach.decision.kind).toBe('accepted');
    approach.forget(ANNA);
    expect(approach.decision).toEqual({ kind: 'undecided', reason: 'gathering' });
  });
});
