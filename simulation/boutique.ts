import { lamps, rail, shelf } from './furniture.ts';
import { at, line, polygon, post, px, quad } from './perspective-drawing.ts';
import { seededRandom } from './random.ts';
import { SCENE } from './scene.ts';

/*
 * The drawing of the shop as SVG, layer by layer from the street to the lens. Places are in metres (across, height,
 * away) and pass through the same pinhole camera as the people do.
 */

const [WALL_LEFT, WALL_RIGHT] = SCENE.wallAcross;
const [DOOR_LEFT, DOOR_RIGHT] = SCENE.doorAcross;
const FRONT = SCENE.doorAway;
const DOOR_TOP = 2.28;
const BRONZE = '#2b2724';

/** Beyond the glass: a bright street, out of focus. */
export function street(): string {
  const random = seededRandom(11, 'street');
  const leaves = Array.from({ length: 46 }, () => {
    const { x, y } = at([random.between(-6, 6), random.between(1.5, 3.4), 16]);
    const green = random.pick(['#7d9a5e', '#93ad6c', '#a9bf83', '#6d8a55']);
    return `<circle cx="${px(x)}" cy="${px(y)}" r="${px(random.between(14, 38))}" fill="${green}" opacity="0.55"/>`;
  });
  const houses = Array.from({ length: 7 }, (_, index) => {
    const left = -9 + index * 2.7;
    const colour = ['#d9c7ae', '#e6dccb', '#c9b7a4', '#e9e2d6', '#d3bda6', '#dfd3c1', '#cdbfae'][index]!;
    const windows = [0.6, 1.5].map((x) =>
      quad(
        [left + x, 3.4, 19],
        [left + x + 0.55, 3.4, 19],
        [left + x + 0.55, 1.9, 19],
        [left + x, 1.9, 19],
        '#8fa3ad',
      ),
    );
    return (
      quad([left, 6, 19], [left + 2.6, 6, 19], [left + 2.6, 0, 19], [left, 0, 19], colour) + windows.join('')
    );
  });
  return `
    <defs>
      <linearGradient id="sky" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#f4f8fb"/><stop offset="1" stop-color="#fbf6ec"/></linearGradient>
      <filter id="far" x="-10%" y="-10%" width="120%" height="120%"><feGaussianBlur stdDeviation="7"/></filter>
    </defs>
    <rect width="100%" height="100%" fill="url(#sky)"/>
    <g filter="url(#far)">${houses.join('')}${leaves.join('')}
      ${quad([-12, 0, 19], [12, 0, 19], [12, 0, 6], [-12, 0, 6], '#d8d2c6')}
      ${quad([-12, 0, 15], [12, 0, 15], [12, 0, 11], [-12, 0, 11], '#b9b6b0')}
      ${quad([-12, 0.12, 10.6], [12, 0.12, 10.6], [12, 0, 10.4], [-12, 0, 10.4], '#e7e2d8')}
    </g>
    <rect width="100%" height="100%" fill="#fffaf0" opacity="0.28"/>`;
}

/** Floor, walls and furniture: everything inside, and opaque. The front wall has holes where the glass is. */
export function boutique(): string {
  return `
    <defs>
      <linearGradient id="floor" x1="0" y1="0" x2="0" y2="1"><stop offset="0.35" stop-color="#d9c4a6"/><stop offset="1" stop-color="#a98a66"/></linearGradient>
      <linearGradient id="wallL" x1="0" y1="0" x2="1" y2="0"><stop offset="0" stop-color="#8f8577"/><stop offset="1" stop-color="#e2d9ca"/></linearGradient>
      <linearGradient id="wallR" x1="1" y1="0" x2="0" y2="0"><stop offset="0" stop-color="#86705f"/><stop offset="1" stop-color="#d5bfa9"/></linearGradient>
      <linearGradient id="lane" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#e8775f"/><stop offset="1" stop-color="#cf4f3f"/></linearGradient>
      <radialGradient id="glow"><stop offset="0" stop-color="#fff3d6" stop-opacity="0.95"/><stop offset="1" stop-color="#fff3d6" stop-opacity="0"/></radialGradient>
      <linearGradient id="steel" x1="0" y1="0" x2="1" y2="0"><stop offset="0" stop-color="#6b5a3c"/><stop offset="0.5" stop-color="#d9bd84"/><stop offset="1" stop-color="#6b5a3c"/></linearGradient>
      <filter id="soft" x="-20%" y="-20%" width="140%" height="140%"><feGaussianBlur stdDeviation="9"/></filter>
      <filter id="softer" x="-30%" y="-30%" width="160%" height="160%"><feGaussianBlur stdDeviation="22"/></filter>
    </defs>
    ${floorBoards()}${carpet()}${daylightOnFloor()}${sideWalls()}${frontWall()}${rail(-2.45, 4.9, 1.7, 3)}${shelf()}${rail(2.45, 5.0, 2.1, 8)}${lamps()}`;
}

/** The door and shop windows: bronze frames and a breath of reflection on the glass. */
export function doorFront(): string {
  const bars = [DOOR_LEFT, DOOR_RIGHT].map((x) => post(x, FRONT, 0.045, DOOR_TOP, BRONZE));
  const panes = [
    [WALL_LEFT + 0.35, DOOR_LEFT],
    [DOOR_RIGHT, WALL_RIGHT - 0.35],
  ].map(([left, right]) => {
    const glass = quad(
      [left!, DOOR_TOP, FRONT],
      [right!, DOOR_TOP, FRONT],
      [right!, 0.35, FRONT],
      [left!, 0.35, FRONT],
      '#e9f1f4',
      0.16,
    );
    const glint = quad(
      [left! + 0.3, DOOR_TOP, FRONT],
      [left! + 0.62, DOOR_TOP, FRONT],
      [left! + 0.2, 0.35, FRONT],
      [left!, 0.6, FRONT],
      '#ffffff',
      0.22,
    );
    const sill = quad(
      [left!, 0.4, FRONT],
      [right!, 0.4, FRONT],
      [right!, 0, FRONT],
      [left!, 0, FRONT],
      BRONZE,
    );
    const edge = post(left === DOOR_RIGHT ? right! : left!, FRONT, 0.04, DOOR_TOP, BRONZE);
    return glass + glint + sill + edge;
  });
  const head = quad(
    [WALL_LEFT, DOOR_TOP + 0.09, FRONT],
    [WALL_RIGHT, DOOR_TOP + 0.09, FRONT],
    [WALL_RIGHT, DOOR_TOP, FRONT],
    [WALL_LEFT, DOOR_TOP, FRONT],
    BRONZE,
  );
  // The two leaves of the door stand open into the shop.
  const leaves = [
    [DOOR_LEFT, -1.22],
    [DOOR_RIGHT, 1.22],
  ].map(([hinge, edge]) => {
    const near = FRONT - 0.92;
    const glass = quad(
      [hinge!, DOOR_TOP, FRONT],
      [edge!, DOOR_TOP, near],
      [edge!, 0.1, near],
      [hinge!, 0.1, FRONT],
      '#eef5f6',
      0.2,
    );
    const foot = quad(
      [hinge!, 0.16, FRONT],
      [edge!, 0.16, near],
      [edge!, 0.02, near],
      [hinge!, 0.02, FRONT],
      BRONZE,
    );
    const grip = quad(
      [edge! * 0.985, 1.35, near + 0.06],
      [edge!, 1.35, near + 0.04],
      [edge!, 0.8, near + 0.04],
      [edge! * 0.985, 0.8, near + 0.06],
      '#d9bd84',
    );
    return glass + foot + post(edge!, near, 0.022, DOOR_TOP, BRONZE) + grip;
  });
  return bars.join('') + panes.join('') + head + leaves.join('');
}

/** The members' portal: two slim posts and a lintel of light over the lane. */
export function portal(): string {
  const [left, right] = [SCENE.laneAcross[0] - 0.1, SCENE.laneAcross[1] + 0.1];
  const away = SCENE.portalAway;
  const top = 2.2;
  const sign = at([(left + right) / 2, top + 0.02, away]);
  const scale = sign.pixelsPerMetre;
  const signWidth = 0.8 * scale;
  const signHeight = 0.17 * scale;
  return `
    ${post(left, away, 0.022, top + 0.1, '#8a6d3f')}${post(right, away, 0.022, top + 0.1, '#8a6d3f')}
    ${post(left, away, 0.008, top, '#ffe9df')}${post(right, away, 0.008, top, '#ffe9df')}
    <rect x="${px(sign.x - signWidth / 2)}" y="${px(sign.y - signHeight / 2)}" width="${px(signWidth)}" height="${px(signHeight)}" rx="6" fill="#d9543f"/>
    <text x="${px(sign.x)}" y="${px(sign.y + signHeight * 0.2)}" font-family="DejaVu Sans, sans-serif" font-size="${px(signHeight * 0.52)}" font-weight="bold" letter-spacing="2" text-anchor="middle" fill="#fff6ee">MEMBERS</text>`;
}

/** Right before the lens, out of focus: the leaves of a plant. */
export function foreground(): string {
  const random = seededRandom(5, 'plant');
  const leaf = (x: number, y: number, length: number, angle: number, colour: string): string =>
    `<path transform="translate(${px(x)} ${px(y)}) rotate(${px(angle)})" d="M0 0 C ${px(length * 0.3)} ${px(-length * 0.18)}, ${px(length * 0.75)} ${px(-length * 0.14)}, ${px(length)} 0 C ${px(length * 0.75)} ${px(length * 0.12)}, ${px(length * 0.3)} ${px(length * 0.14)}, 0 0 Z" fill="${colour}"/>`;
  const leaves = Array.from({ length: 15 }, (_, index) =>
    leaf(
      -8 + random.between(-10, 16),
      735 + random.between(-12, 10),
      random.between(95, 165),
      -92 + index * 7.5 + random.between(-6, 6),
      random.pick(['#2f4a35', '#3b5c41', '#466c4a', '#2a4230']),
    ),
  );
  return `<defs><filter id="near" x="-20%" y="-20%" width="140%" height="140%"><feGaussianBlur stdDeviation="3"/></filter></defs><g filter="url(#near)">${leaves.join('')}</g>`;
}

function floorBoards(): string {
  const random = seededRandom(3, 'floor');
  const boards: string[] = [quad([-4, 0, FRONT], [4, 0, FRONT], [4, 0, 0.6], [-4, 0, 0.6], 'url(#floor)')];
  for (let across = -3; across < 3; across += 0.19) {
    let away = 0.8 + random.between(0, 1);
    while (away < FRONT) {
      const far = Math.min(FRONT, away + random.between(0.9, 1.6));
      const tone = random.pick(['#8a6a47', '#f3e2c6', '#6d5236', '#fff0d6']);
      boards.push(
        quad(
          [across, 0, far],
          [across + 0.185, 0, far],
          [across + 0.185, 0, away],
          [across, 0, away],
          tone,
          random.between(0.03, 0.13),
        ),
      );
      away = far + 0.01;
    }
    boards.push(line([across, 0, FRONT], [across, 0, 0.8], '#6d5236', 0.35));
  }
  return boards.join('');
}

function carpet(): string {
  const [left, right] = SCENE.laneAcross;
  const [near, far] = [0.7, FRONT - 0.6];
  const chevrons = Array.from({ length: 9 }, (_, index) => {
    const away = 1.1 + index * 0.5;
    const middle = (left + right) / 2;
    return polygon(
      [
        [middle - 0.2, 0, away + 0.16],
        [middle, 0, away],
        [middle + 0.2, 0, away + 0.16],
        [middle + 0.2, 0, away + 0.24],
        [middle, 0, away + 0.08],
        [middle - 0.2, 0, away + 0.24],
      ],
      '#ffd9c9',
      0.55,
    );
  });
  return [
    quad(
      [left - 0.05, 0, far],
      [right + 0.05, 0, far],
      [right + 0.05, 0, near],
      [left - 0.05, 0, near],
      '#5a3a2c',
      0.35,
    ),
    quad([left, 0, far], [right, 0, far], [right, 0, near], [left, 0, near], 'url(#lane)'),
    quad(
      [left + 0.03, 0, far],
      [left + 0.05, 0, far],
      [left + 0.05, 0, near],
      [left + 0.03, 0, near],
      '#ffe9df',
      0.9,
    ),
    quad(
      [right - 0.05, 0, far],
      [right - 0.03, 0, far],
      [right - 0.03, 0, near],
      [right - 0.05, 0, near],
      '#ffe9df',
      0.9,
    ),
    ...chevrons,
  ].join('');
}

function daylightOnFloor(): string {
  return `<g filter="url(#softer)">${quad([DOOR_LEFT, 0, FRONT], [DOOR_RIGHT, 0, FRONT], [DOOR_RIGHT + 0.5, 0, 3.8], [DOOR_LEFT - 0.2, 0, 3.8], '#fffdf4', 0.34)}</g>`;
}

function sideWalls(): string {
  return [
    quad(
      [WALL_LEFT, 3.4, FRONT],
      [WALL_LEFT, 0, FRONT],
      [WALL_LEFT, 0, 2],
      [WALL_LEFT, 3.4, 2],
      'url(#wallL)',
    ),
    quad(
      [WALL_RIGHT, 3.4, FRONT],
      [WALL_RIGHT, 0, FRONT],
      [WALL_RIGHT, 0, 2],
      [WALL_RIGHT, 3.4, 2],
      'url(#wallR)',
    ),
    quad([WALL_LEFT, 0.12, FRONT], [WALL_LEFT, 0, FRONT], [WALL_LEFT, 0, 2], [WALL_LEFT, 0.12, 2], '#6a5d50'),
    quad(
      [WALL_RIGHT, 0.12, FRONT],
      [WALL_RIGHT, 0, FRONT],
      [WALL_RIGHT, 0, 2],
      [WALL_RIGHT, 0.12, 2],
      '#5c4c40',
    ),
  ].join('');
}

/** What is masonry in the front: piers at both sides and the band above the glass, with the shop's name. */
function frontWall(): string {
  const band = quad(
    [WALL_LEFT, 3.6, FRONT],
    [WALL_RIGHT, 3.6, FRONT],
    [WALL_RIGHT, DOOR_TOP + 0.09, FRONT],
    [WALL_LEFT, DOOR_TOP + 0.09, FRONT],
    '#b7a58f',
  );
  const piers = [
    quad(
      [WALL_LEFT, 3.6, FRONT],
      [WALL_LEFT + 0.37, 3.6, FRONT],
      [WALL_LEFT + 0.37, 0, FRONT],
      [WALL_LEFT, 0, FRONT],
      '#c4b49f',
    ),
    quad(
      [WALL_RIGHT - 0.37, 3.6, FRONT],
      [WALL_RIGHT, 3.6, FRONT],
      [WALL_RIGHT, 0, FRONT],
      [WALL_RIGHT - 0.37, 0, FRONT],
      '#b8a590',
    ),
  ];
  const name = at([0, 2.52, FRONT]);
  return `${band}${piers.join('')}<text x="${px(name.x - 205)}" y="${px(name.y + 6)}" font-family="DejaVu Serif, serif" font-size="22" letter-spacing="9" text-anchor="middle" fill="#3a322c">ATELIER NORD</text>`;
}
