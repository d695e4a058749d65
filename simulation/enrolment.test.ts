import { describe, expect, test } from 'vitest';
import { CAST } from './cast.ts';
import { enrolmentPictures } from './enrolment.ts';

describe('enrolment pictures', () => {
  test('are three a member, of members only, and say where they come from', async () => {
    const enrolments = await enrolmentPictures({ members: ['3b', '6a', '6c'] });
    expect(enrolments.map(({ castId, source }) => [castId, source])).toEqual([
      ['3b', 'other photograph'],
      ['6a', 'other crop, flip and light'],
      ['6c', 'other crop, flip and light'],
    ]);
    for (const { pictures } of enrolments) {
      expect(pictures).toHaveLength(3);
      for (const { width, height, rgb } of pictures) {
        expect(rgb).toHaveLength(width * height * 3);
        expect(Math.min(width, height)).toBeGreaterThan(150);
      }
    }
  });

  test('another photograph is really another one', () => {
    for (const { video, enrolment } of CAST) {
      if (enrolment.from === 'another photograph')
        expect(enrolment.view.photograph).not.toBe(video.photograph);
    }
  });

  test('everyone of the cast has a name and an id of their own', () => {
    expect(new Set(CAST.map(({ id }) => id)).size).toBe(CAST.length);
    expect(new Set(CAST.map(({ givenName }) => givenName)).size).toBe(CAST.length);
  });
});
