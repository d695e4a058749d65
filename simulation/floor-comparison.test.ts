import { describe, expect, test } from 'vitest';
import { compareFloor, type FloorSample, type SampledPerson } from './floor-comparison.ts';
import type { FloorTruth, TruthPerson } from './floor-truth.ts';

/** Walks along a line, one metre below the other, from the fifth second to the thirtieth; a camera sees them all the time. */
function person(visit: number, seconds: readonly [from: number, to: number] = [5, 30]): TruthPerson {
  const path = Array.from({ length: (seconds[1] - seconds[0]) * 5 + 1 }, (_, step) => ({
    seconds: seconds[0] + step / 5,
    place: [2 + step / 10, 2 + 2 * visit] as [number, number],
    visibleTo: ['east'],
  }));
  return {
    visit,
    identity: `cast ${visit}`,
    givenName: 'x',
    member: visit === 0,
    staff: false,
    enteredAtSeconds: seconds[0],
    leftAtSeconds: seconds[1],
    queue: null,
    path,
  };
}

const truth = (...people: TruthPerson[]): FloorTruth => ({
  version: 1,
  simulated: true,
  seed: 1,
  seconds: 60,
  people,
  cameras: [],
});

/** Samples from the fifth second to the twenty-ninth. */
function samples(
  at: (seconds: number) => (Partial<SampledPerson> & Pick<SampledPerson, 'visitId' | 'place'>)[],
): FloorSample[] {
  return Array.from({ length: 24 }, (_, index) => ({
    seconds: index + 5,
    people: at(index + 5).map((one) => ({ seenSecondsAgo: 0.2, ...one })),
  }));
}
const where = (visit: number, seconds: number): [number, number] => [2 + (seconds - 5) / 2, 2 + 2 * visit];
const judge = (told: FloorSample[], ...people: TruthPerson[]) =>
  compareFloor(told, truth(...people), (key) => (key === 'key of 0' ? 'cast 0' : undefined));

describe('the floor as it was told', () => {
  test('without a mistake', () => {
    const told = samples((s) => [
      { visitId: 'a', place: where(0, s), subjectKey: 'key of 0' },
      { visitId: 'b', place: where(1, s) },
    ]);
    expect(judge(told, person(0), person(1)).figures).toEqual({
      countError: 0,
      countErrorInside: 0,
      medianErrorCm: 0,
      p95ErrorCm: 0,
      identityKept: 1,
      visitsJudged: 2,
      visitsForOne: 1,
      wrongName: 0,
      namedShare: 1,
      found: 1,
      nobody: 0,
    });
  });

  test('30 cm beside', () => {
    const told = samples((s) => [{ visitId: 'a', place: [where(0, s)[0], 2.3] }]);
    expect(judge(told, person(0)).figures.medianErrorCm).toBeCloseTo(30);
  });

  test('somebody is missing, somebody is told who is not there', () => {
    expect(
      judge(
        samples(() => []),
        person(0),
      ).figures,
    ).toMatchObject({ countError: 1, found: 0, identityKept: 0 });
    expect(
      judge(
        samples((s) => [
          { visitId: 'a', place: where(0, s) },
          { visitId: 'b', place: [9, 9] },
        ]),
        person(0),
      ).figures,
    ).toMatchObject({ countError: 1, nobody: 0.5, identityKept: 1 });
  });

  test('one person as two visits, one after the other', () => {
    const told = samples((s) => [{ visitId: s < 15 ? 'a' : 'b', place: where(0, s) }]);
    const { figures, lost } = judge(told, person(0));
    expect(figures).toMatchObject({ identityKept: 0, visitsForOne: 2, countError: 0 });
    expect(lost).toEqual(['Visit 0: 10 s, then 14 s.']);
  });

  test('two people who changed visits half-way', () => {
    const told = samples((s) => [
      { visitId: s < 15 ? 'a' : 'b', place: where(0, s) },
      { visitId: s < 15 ? 'b' : 'a', place: where(1, s) },
    ]);
    expect(judge(told, person(0), person(1)).figures.identityKept).toBe(0);
  });

  test('a name that moved to somebody else is counted for every second of it', () => {
    const told = samples((s) => [
      { visitId: 'a', place: where(0, s), ...(s < 20 ? { subjectKey: 'key of 0' } : {}) },
      { visitId: 'b', place: where(1, s), ...(s < 20 ? {} : { subjectKey: 'key of 0' }) },
    ]);
    expect(judge(told, person(0), person(1)).figures).toMatchObject({ wrongName: 9, namedShare: 15 / 24 });
  });

  test('somebody whom no camera shows is no mistake, told or not', () => {
    const hidden = { ...person(1), path: person(1).path.map((step) => ({ ...step, visibleTo: [] })) };
    for (const alsoTold of [true, false]) {
      const told = samples((s) => [
        { visitId: 'a', place: where(0, s) },
        ...(alsoTold ? [{ visitId: 'b', place: where(1, s) }] : []),
      ]);
      expect(judge(told, person(0), hidden).figures.countError).toBe(0);
    }
  });
});
