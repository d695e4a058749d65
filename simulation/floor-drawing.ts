import { CURTAINS, FIXTURES, PLAN_METRES, type Fixture } from './floor-plan.ts';
import type { PlanPoint, PoseCamera } from './pose-camera.ts';
import { px } from './perspective-drawing.ts';
import { seededRandom } from './random.ts';

/** A corner in the shop: across and down the plan, and above the floor; metres. */
type Corner = readonly [across: number, down: number, height: number];

const WALL_METRES = 2.9;
/** What is nearer than this to the lens's plane is cut off. */
const NEAR_METRES = 0.15;
const GARMENTS = ['#2f3e55', '#c8a98b', '#7b2d38', '#efe8da', '#5d6b52', '#26262c', '#b86f52', '#8c93a8'];

/** The empty room: floor, walls and doors, as SVG. */
export function drawRoom(camera: PoseCamera): string {
  const { width, height } = PLAN_METRES;
  const flat = (x1: number, y1: number, x2: number, y2: number, fill: string, opacity = 1): string =>
    figure(
      camera,
      [
        [x1, y1, 0],
        [x2, y1, 0],
        [x2, y2, 0],
        [x1, y2, 0],
      ],
      fill,
      opacity,
    );
  const random = seededRandom(21, 'floor boards');
  const boards: string[] = [];
  for (let y = 0; y < height; y += 0.25) {
    let x = -random.between(0, 1.5);
    while (x < width) {
      const end = x + random.between(1.2, 2.2);
      const tone = random.pick(['#b39a76', '#d3c09c', '#bda37c', '#dccaa8']);
      boards.push(flat(Math.max(0, x), y, Math.min(width, end), y + 0.24, tone, random.between(0.12, 0.4)));
      x = end + 0.015;
    }
  }
  const wall = (from: PlanPoint, to: PlanPoint, fill: string): string =>
    figure(camera, upright(from, to, 0, WALL_METRES), fill) +
    figure(camera, upright(from, to, 0, 0.1), '#6f6456');
  return [
    `<rect width="100%" height="100%" fill="#3c3a38"/>`,
    flat(0, 0, width, height, '#c9b592'),
    ...boards,
    flat(0.2, 2.03, 5.4, 2.87, '#cf5a47', 0.9), // the members' carpet
    flat(6.6, 1.9, 9, 3.9, '#8f9aa3', 0.35),
    flat(9.6, 5.5, 12.1, 7.3, '#7d6f8c', 0.28),
    wall([0, height], [0, 0], '#d8d0c2'),
    wall([0, 0], [width, 0], '#ded7ca'),
    wall([width, 0], [width, height], '#cfc6b7'),
    wall([width, height], [0, height], '#d5ccbd'),
    // Daylight in the door and in the way out.
    figure(camera, upright([0.02, 3.75], [0.02, 1.75], 0, 2.28), '#f4f6f2'),
    figure(camera, upright([0.02, 8.6], [0.02, 6], 0, 2.4), '#eef1ee'),
  ].join('');
}

/** A soft darkness on the floor around everything that stands there. */
export function drawShadows(camera: PoseCamera): string {
  const shadows = FIXTURES.map(({ left, top, right, bottom }) =>
    figure(
      camera,
      [
        [left - 0.12, top - 0.12, 0],
        [right + 0.12, top - 0.12, 0],
        [right + 0.12, bottom + 0.12, 0],
        [left - 0.12, bottom + 0.12, 0],
      ],
      '#2c2118',
      0.4,
    ),
  );
  return `<defs><filter id="soft" x="-20%" y="-20%" width="140%" height="140%"><feGaussianBlur stdDeviation="4"/></filter></defs><g filter="url(#soft)">${shadows.join('')}</g>`;
}

/** Everything that stands there, the farthest first. */
export function standingThings(camera: PoseCamera): Fixture[] {
  return [...FIXTURES, ...CURTAINS].sort((a, b) => distanceTo(b, camera.place) - distanceTo(a, camera.place));
}

/** One fixture, with what lies on it and hangs from it. */
export function drawFixture(camera: PoseCamera, fixture: Fixture): string {
  switch (fixture.kind) {
    case 'wall':
      return box(camera, fixture, ['#d9d0c1', '#c5bbab', '#8d8578']);
    case 'partition':
      return box(camera, fixture, ['#b9a98f', '#a39378', '#d8ccb8']);
    case 'counter':
      return box(camera, fixture, ['#efe9df', '#b8ab98', '#e4d7c2']) + things(camera, fixture, 1, '#3a3f45');
    case 'table':
      return legged(camera, fixture) + stacks(camera, fixture);
    case 'shelf':
      return box(camera, fixture, ['#8c6f50', '#7a5f43', '#b79a73']) + boardsOf(camera, fixture);
    case 'rail':
      return rail(camera, fixture);
    case 'curtain':
      return curtain(camera, fixture);
  }
}

/** Metres from a point to the fixture's footprint. */
export function distanceTo({ left, top, right, bottom }: Fixture, [x, y]: PlanPoint): number {
  return Math.hypot(Math.max(left - x, 0, x - right), Math.max(top - y, 0, y - bottom));
}

/** The sides that the camera sees, then the top. Colours: sides along the plan, sides down the plan, top. */
function box(
  camera: PoseCamera,
  fixture: Fixture,
  [along, down, top]: readonly [string, string, string],
  fromHeight = 0,
): string {
  const { heightMetres: h } = fixture;
  return (
    sidesOf(camera, fixture)
      .map(({ from, to, isAlong }) =>
        figure(camera, upright(from, to, fromHeight, h), isAlong ? along : down),
      )
      .join('') + lid(camera, fixture, h, top)
  );
}

function lid(
  camera: PoseCamera,
  { left, top, right, bottom }: Fixture,
  height: number,
  fill: string,
): string {
  if (height >= camera.heightMetres) return '';
  return figure(
    camera,
    [
      [left, top, height],
      [right, top, height],
      [right, bottom, height],
      [left, bottom, height],
    ],
    fill,
  );
}

/** The sides that face the camera. */
function sidesOf(
  camera: PoseCamera,
  { left, top, right, bottom }: Fixture,
): { readonly from: PlanPoint; readonly to: PlanPoint; readonly isAlong: boolean }[] {
  const [x, y] = camera.place;
  return [
    ...(y < top ? [{ from: [left, top] as const, to: [right, top] as const, isAlong: true }] : []),
    ...(y > bottom ? [{ from: [left, bottom] as const, to: [right, bottom] as const, isAlong: true }] : []),
    ...(x < left ? [{ from: [left, top] as const, to: [left, bottom] as const, isAlong: false }] : []),
    ...(x > right ? [{ from: [right, top] as const, to: [right, bottom] as const, isAlong: false }] : []),
  ];
}

/** A table: a thick top on four legs. */
function legged(camera: PoseCamera, fixture: Fixture): string {
  const { left, top, right, bottom, heightMetres: h } = fixture;
  const legs = [
    [left, top],
    [right - 0.06, top],
    [left, bottom - 0.06],
    [right - 0.06, bottom - 0.06],
  ].map(([x, y]) =>
    box(
      camera,
      { ...fixture, left: x!, top: y!, right: x! + 0.06, bottom: y! + 0.06, heightMetres: h - 0.05 },
      ['#5d4a36', '#4f3f2e', '#5d4a36'],
    ),
  );
  return legs.join('') + box(camera, fixture, ['#a5835c', '#94744f', '#c9ab80'], h - 0.3);
}

function stacks(camera: PoseCamera, fixture: Fixture): string {
  const random = seededRandom(31, fixture.name);
  const { left, top, right, bottom, heightMetres: h } = fixture;
  const out: string[] = [];
  for (let y = top + 0.1; y + 0.24 < bottom; y += 0.34) {
    for (let x = left + 0.1; x + 0.26 < right; x += 0.38) {
      const height = h + random.between(0.04, 0.16);
      const colour = random.pick(GARMENTS);
      const stack = { ...fixture, left: x, top: y, right: x + 0.26, bottom: y + 0.22, heightMetres: height };
      out.push(box(camera, stack, [shade(colour, 0.8), shade(colour, 0.65), colour], h));
    }
  }
  return out.join('');
}

function things(camera: PoseCamera, fixture: Fixture, count: number, colour: string): string {
  const { left, top, bottom, heightMetres: h } = fixture;
  return Array.from({ length: count }, (_, index) => {
    const x = left + 0.8 + index * 0.7;
    const screen = {
      ...fixture,
      left: x,
      top: (top + bottom) / 2 - 0.05,
      right: x + 0.32,
      bottom: (top + bottom) / 2 + 0.05,
      heightMetres: h + 0.26,
    };
    return box(camera, screen, [colour, shade(colour, 0.8), shade(colour, 1.2)], h);
  }).join('');
}

/** What lies in a shelf, seen from its open sides. */
function boardsOf(camera: PoseCamera, fixture: Fixture): string {
  const random = seededRandom(37, fixture.name);
  const out: string[] = [];
  for (const { from, to, isAlong } of sidesOf(camera, fixture)) {
    if (!isAlong) continue;
    const length = to[0] - from[0];
    for (let h = 0.25; h + 0.3 < fixture.heightMetres; h += 0.42) {
      out.push(figure(camera, upright(from, to, h - 0.03, h), '#d8bf95'));
      for (let at = 0.06; at + 0.2 < length; at += random.between(0.24, 0.4)) {
        const wide = random.between(0.14, 0.24);
        const colour = random.pick(GARMENTS);
        out.push(
          figure(
            camera,
            upright(
              [from[0] + at, from[1]],
              [from[0] + at + wide, from[1]],
              h,
              h + random.between(0.14, 0.3),
            ),
            colour,
          ),
        );
      }
    }
  }
  return out.join('');
}

/** A clothes rail: a bar on two posts, and garments side by side. */
function rail(camera: PoseCamera, fixture: Fixture): string {
  const random = seededRandom(41, fixture.name);
  const { left, top, right, bottom, heightMetres: h } = fixture;
  const middle = (top + bottom) / 2;
  const out: string[] = [];
  const posts = [left + 0.03, right - 0.03].map((x) =>
    figure(camera, upright([x - 0.02, middle], [x + 0.02, middle], 0, h), '#3b3733'),
  );
  const pieces: { x: number; long: number; colour: string }[] = [];
  for (let x = left + 0.1; x < right - 0.08; x += random.between(0.07, 0.12)) {
    pieces.push({ x, long: random.between(0.72, 0.98), colour: random.pick(GARMENTS) });
  }
  pieces.sort((a, b) => Math.abs(b.x - camera.place[0]) - Math.abs(a.x - camera.place[0]));
  for (const { x, long, colour } of pieces) {
    out.push(
      figure(
        camera,
        [
          [x, top, h - 0.14],
          [x, middle, h - 0.05],
          [x, bottom, h - 0.14],
          [x, bottom - 0.02, h - long],
          [x, top + 0.02, h - long],
        ],
        colour,
      ),
      // The thickness that shows from the front.
      figure(
        camera,
        camera.place[1] < middle
          ? upright([x, top], [x + 0.07, top], h - long, h - 0.14)
          : upright([x, bottom], [x + 0.07, bottom], h - long, h - 0.14),
        shade(colour, 0.82),
      ),
    );
  }
  return posts.join('') + out.join('');
}

function curtain(camera: PoseCamera, { left, top, bottom, heightMetres: h }: Fixture): string {
  const folds: string[] = [];
  for (let y = top; y < bottom - 0.01; y += 0.1) {
    folds.push(
      figure(camera, upright([left, y], [left, Math.min(bottom, y + 0.06)], 0.08, h), '#6d7f86'),
      figure(camera, upright([left, y + 0.055], [left, Math.min(bottom, y + 0.105)], 0.08, h), '#5c6d74'),
    );
  }
  return folds.join('');
}

/** A rectangle that stands on the line between two points. */
function upright(from: PlanPoint, to: PlanPoint, low: number, high: number): Corner[] {
  return [
    [from[0], from[1], high],
    [to[0], to[1], high],
    [to[0], to[1], low],
    [from[0], from[1], low],
  ];
}

/** A plane figure as the camera sees it, without what lies behind the lens. */
function figure(camera: PoseCamera, corners: readonly Corner[], fill: string, opacity = 1): string {
  const seen = beforeLens(camera, corners);
  if (seen.length < 3) return '';
  const points = seen.map(([x, y, height]) => {
    const at = camera.project([x, y], height);
    return `${px(at.x)},${px(at.y)}`;
  });
  return `<polygon points="${points.join(' ')}" fill="${fill}" fill-opacity="${opacity}"/>`;
}

/** Sutherland and Hodgman's clipping against the plane before the lens. */
function beforeLens(camera: PoseCamera, corners: readonly Corner[]): Corner[] {
  const depth = ([x, y, height]: Corner): number => camera.depth([x, y], height) - NEAR_METRES;
  return corners.flatMap((corner, index): Corner[] => {
    const next = corners[(index + 1) % corners.length]!;
    const [here, there] = [depth(corner), depth(next)];
    const kept = here >= 0 ? [corner] : [];
    if (here >= 0 === there >= 0) return kept;
    const t = here / (here - there);
    const mix = (axis: 0 | 1 | 2): number => corner[axis] + (next[axis] - corner[axis]) * t;
    return [...kept, [mix(0), mix(1), mix(2)]];
  });
}

function shade(hex: string, gain: number): string {
  const value = Number.parseInt(hex.slice(1), 16);
  const channel = (shift: number): string =>
    Math.min(255, Math.round(((value >> shift) & 255) * gain))
      .toString(16)
      .padStart(2, '0');
  return `#${channel(16)}${channel(8)}${channel(0)}`;
}
