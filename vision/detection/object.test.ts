import { describe, expect, test } from 'vitest';
import type { BoxXyxy } from '../faces/geometry.ts';
import { PERSON, suppressDoubles } from './object.ts';

const BAG = 26;
const STANDING: BoxXyxy = [100, 50, 160, 230];

const person = (boxXyxy: BoxXyxy, score: number, isCutOff = false) => ({
  boxXyxy,
  score,
  classIndex: PERSON,
  isCutOff,
});
const bag = (boxXyxy: BoxXyxy, score: number) => ({ boxXyxy, score, classIndex: BAG, isCutOff: false });

describe('doubles of the same person', () => {
  test.each([
    [
      'the same person found twice counts once',
      [person(STANDING, 0.8), person([102, 52, 163, 232], 0.6)],
      [0.8],
    ],
    [
      'two people side by side are two',
      [person(STANDING, 0.8), person([150, 50, 210, 230], 0.6)],
      [0.8, 0.6],
    ],
    [
      'somebody half hidden behind another is a person of their own',
      [person(STANDING, 0.8), person([125, 40, 180, 210], 0.5)],
      [0.8, 0.5],
    ],
    [
      'a bag, however certain, never takes away the person who carries it',
      [bag(STANDING, 0.9), person(STANDING, 0.4)],
      [0.9, 0.4],
    ],
    [
      "a tile's upper half of somebody goes when the whole of them was seen less clearly",
      [person([100, 50, 160, 140], 0.9, true), person(STANDING, 0.5)],
      [0.5],
    ],
    [
      'somebody whom only the edge of a tile shows is kept',
      [person([100, 50, 160, 140], 0.9, true), person([300, 50, 360, 230], 0.5)],
      [0.5, 0.9],
    ],
    [
      'the whole of somebody and their upper half begin at one head, so they are one',
      [person(STANDING, 0.7), person([104, 52, 158, 130], 0.8)],
      [0.8],
    ],
    [
      'somebody small before somebody tall has a head of their own',
      [person(STANDING, 0.8), person([104, 90, 158, 168], 0.7)],
      [0.8, 0.7],
    ],
    [
      'who looks over another one’s shoulder is another one',
      [person(STANDING, 0.8), person([135, 50, 185, 130], 0.7)],
      [0.8, 0.7],
    ],
    ['nobody stays nobody', [], []],
  ])('%s', (_, found, kept) => {
    expect(suppressDoubles(found).map(({ score }) => score)).toEqual(kept);
  });
});
