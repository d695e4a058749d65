import { describe, expect, it } from 'vitest';
import { UserError } from '../../../runtime/errors.ts';
import { formatMotResults, parseMotTable, type MotTableKind } from './mot-table.ts';

describe('a MOTChallenge file', () => {
  it('of detections has boxes as left, top, width, height and scores', () => {
    expect(parseMotTable('1,-1,10.5,20,30,40,0.93,-1,-1,-1\r\n\r\n', 'detections', 'det.txt')).toEqual([
      { frame: 1, id: -1, boxXyxy: [10.5, 20, 40.5, 60], confidence: 0.93, classNumber: undefined },
    ]);
  });

  it.each([
    { columns: 7, line: '1,1,0,0,9,9,1', classNumber: undefined },
    { columns: 8, line: '1,1,0,0,9,9,1,8', classNumber: 8 },
    { columns: 9, line: '1 1 0 0 9 9 0 7 0.25', classNumber: 7 },
    { columns: 10, line: '1,1,0,0,9,9,1,4.4852,5.5016,0', classNumber: undefined },
  ])('of truth with $columns columns has the class $classNumber', ({ line, classNumber }) => {
    expect(parseMotTable(line, 'truth', 'gt.txt')[0]?.classNumber).toBe(classNumber);
  });

  it.each<{ what: string; text: string; kind: MotTableKind; says: string }>([
    {
      what: 'a word for a number',
      text: '1,1,0,0,9,9,1\n2,1,0,zero,9,9,1',
      kind: 'truth',
      says: 'gt.txt, line 2: expected a number in column 4, found "zero"',
    },
    { what: 'too few columns', text: '1,1,0,0,9', kind: 'truth', says: 'expected 7 to 10 columns, found 5' },
    {
      what: 'lines of different lengths',
      text: '1,1,0,0,9,9,1\n2,1,0,0,9,9,1,1',
      kind: 'truth',
      says: 'line 2: expected 7 columns',
    },
    {
      what: 'frames counted from 0',
      text: '0,1,0,0,9,9,1',
      kind: 'truth',
      says: 'a frame number from 1, found 0',
    },
    { what: 'a box without width', text: '1,1,0,0,0,9,1', kind: 'truth', says: '0 by 9' },
    {
      what: 'a person twice in a picture',
      text: '1,1,0,0,9,9,1\n1,1,5,5,9,9,1',
      kind: 'truth',
      says: 'line 2: id 1 is in frame 1 a second time, after line 1',
    },
    {
      what: 'results without ids',
      text: '1,-1,0,0,9,9,1',
      kind: 'results',
      says: 'a whole number of 0 or more as id, found -1',
    },
    { what: 'nothing', text: '\n', kind: 'truth', says: 'gt.txt is empty' },
  ])('with $what is refused with its place', ({ text, kind, says }) => {
    let thrown: unknown;
    try {
      parseMotTable(text, kind, 'gt.txt');
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(UserError);
    expect((thrown as UserError).message).toContain(says);
  });

  it('of results can be read back', () => {
    const rows = parseMotTable('2,7,1,2,3,4,0.5,-1,-1,-1\n1,7,1,2,3,4,0.25,-1,-1,-1\n', 'results', 'a.txt');
    const text = formatMotResults(rows);
    expect(text).toBe('1,7,1.00,2.00,3.00,4.00,0.250,-1,-1,-1\n2,7,1.00,2.00,3.00,4.00,0.500,-1,-1,-1\n');
    expect(parseMotTable(text, 'results', 'a.txt')).toEqual(rows.toReversed());
  });
});
