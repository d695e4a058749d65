import { describe, expect, test } from 'vitest';
import { newId, toSubjectKey } from '../../runtime/ids.ts';
import { distanceBetween, embeddingSpace, type Embedding } from './embedding-space.ts';
import { createGallery } from './gallery.ts';
import { packTemplate, templateSpace, unpackTemplate } from './template.ts';

const SPACE = embeddingSpace('dlib');
/** An embedding on a line: two of them are as far apart as their numbers say, in the unit of the space. */
const at = (place: number): Embedding => {
  const embedding = new Float32Array(SPACE.length);
  embedding[0] = place * 0.6;
  return embedding;
};
const template = (place: number): Uint8Array => packTemplate(SPACE.id, at(place));
const member = (...places: number[]) => ({
  subjectKey: toSubjectKey(newId()),
  templates: places.map(template),
});

describe('a gallery', () => {
  test('finds the nearest member and how far the second one is', () => {
    const gallery = createGallery(SPACE);
    const [anna, bert] = [member(0), member(1)];
    gallery.replaceAll([anna, bert]);
    const match = gallery.match(at(0.3));
    expect(match?.subjectKey).toBe(anna.subjectKey);
    expect(match?.distance).toBeCloseTo(0.3);
    expect(match?.margin).toBeCloseTo(0.4);
  });

  test('takes the second-best MEMBER for the margin, not the second-best picture', () => {
    const gallery = createGallery(SPACE);
    gallery.replaceAll([member(0, 0.1), member(2)]);
    expect(gallery.match(at(0.05))?.margin).toBeCloseTo(1.9);
  });

  test('asks two references of a member: one lucky one is not enough', () => {
    const gallery = createGallery(SPACE);
    gallery.put(member(0, 1, 5));
    expect(gallery.match(at(0))?.distance).toBeCloseTo(0.5);
  });

  test('forgets a member at once', () => {
    const gallery = createGallery(SPACE);
    const [anna, bert] = [member(0), member(1)];
    gallery.replaceAll([anna, bert]);
    gallery.remove(anna.subjectKey);
    expect(gallery.has(anna.subjectKey)).toBe(false);
    expect(gallery.match(at(0))?.subjectKey).toBe(bert.subjectKey);
    gallery.replaceAll([]);
    expect(gallery.match(at(0))).toBeUndefined();
  });

  test('a member whose last template is taken away is gone', () => {
    const gallery = createGallery(SPACE);
    const anna = member(0);
    gallery.put(anna);
    gallery.put({ ...anna, templates: [] });
    expect(gallery.size).toBe(0);
  });

  test('a template of another space leaves the gallery as it was', () => {
    const gallery = createGallery(SPACE);
    const anna = member(0);
    gallery.put(anna);
    const foreign = { ...member(), templates: [packTemplate('other/a1', at(0))] };
    expect(() => gallery.replaceAll([foreign])).toThrow(/can't be compared/);
    expect(gallery.has(anna.subjectKey)).toBe(true);
  });

  test('a margin in a gallery of one is a number, for it is written into events', () => {
    const gallery = createGallery(SPACE);
    gallery.put(member(0));
    expect(Number.isFinite(gallery.match(at(0))?.margin)).toBe(true);
  });
});

describe('a template', () => {
  test('gives back the very numbers, whatever they are stored in', () => {
    const stored = Buffer.concat([Buffer.from('x'), template(0.7)]).subarray(1); // an odd offset in a larger buffer
    expect(unpackTemplate(stored, SPACE)).toEqual(at(0.7));
    expect(templateSpace(stored)).toBe('dlib/a1');
  });

  test.each([
    ['nothing', new Uint8Array()],
    ['other bytes', new Uint8Array(600)],
    ['one that was cut off', template(0).subarray(0, 100)],
  ])('of %s is refused', (_what, bytes) => {
    expect(() => unpackTemplate(bytes, SPACE)).toThrow(/Enrol the member again|expected|damaged/);
  });
});

describe('spaces', () => {
  test('add the parts of their networks', () => {
    const both = embeddingSpace('dlib+mobileface2');
    const [one, other] = [new Float32Array(both.length), new Float32Array(both.length)];
    other[0] = 0.6; // dlib: Euclidean distance 0.6
    one[128] = 1;
    other[129] = 1; // MobileFace: a right angle, cosine distance 1
    expect(distanceBetween(both, one, other)).toBeCloseTo(0.5 + 0.5 / 0.65);
  });

  test('that nobody knows are refused with the known ones', () => {
    expect(() => embeddingSpace('magic')).toThrow(/magic/);
  });
});
