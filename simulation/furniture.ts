import { at, line, polygon, post, px, quad } from './perspective-drawing.ts';
import { seededRandom } from './random.ts';

/** A clothes rail along a wall, with garments hanging from it. */
export function rail(across: number, fromAway: number, toAway: number, seed: number): string {
  const random = seededRandom(seed, 'rail');
  const inward = across < 0 ? 1 : -1;
  const colours = [
    '#2f3e55',
    '#c8a98b',
    '#7b2d38',
    '#e9e2d4',
    '#5d6b52',
    '#1f1f24',
    '#b86f52',
    '#8c93a8',
    '#d8c8ae',
    '#3f4f4a',
  ];
  const garments: string[] = [];
  for (let away = fromAway; away > toAway; away -= random.between(0.1, 0.15)) {
    const length = random.between(0.72, 1.05);
    const half = random.between(0.16, 0.21);
    const colour = random.pick(colours);
    const side = across + inward * 0.02;
    garments.push(
      polygon(
        [
          [side - half * 0.45, 1.56, away],
          [side, 1.64, away],
          [side + half * 0.45, 1.56, away],
          [side + half * 0.95, 1.46, away - 0.02],
          [side + half * 1.05, 1.55 - length, away - 0.03],
          [side - half * 1.05, 1.55 - length, away + 0.02],
          [side - half * 0.95, 1.46, away],
        ],
        colour,
      ),
      polygon(
        [
          [side + half * 0.2, 1.6, away],
          [side + half * 0.95, 1.46, away - 0.02],
          [side + half * 1.05, 1.55 - length, away - 0.03],
          [side + half * 0.3, 1.55 - length, away],
        ],
        '#000000',
        0.16,
      ),
    );
  }
  const bar = line([across, 1.7, fromAway + 0.1], [across, 1.7, toAway - 0.1], '#c9a86a', 1, 4);
  return `<g filter="url(#soft)">${quad([across - 0.35, 0, fromAway], [across + 0.35, 0, fromAway], [across + 0.35, 0, toAway], [across - 0.35, 0, toAway], '#3a2a1c', 0.55)}</g>${post(across, fromAway + 0.1, 0.018, 1.72, '#b08f55')}${garments.join('')}${bar}`;
}

/** A low table with folded knitwear, between the window and the free way in. */
export function shelf(): string {
  const [left, right, near, far] = [-2.2, -1.45, 4.6, 5.3];
  const stack = (across: number, away: number, colours: readonly string[]): string =>
    colours
      .map((colour, index) =>
        polygon(
          [
            [across - 0.15, 0.62 + index * 0.06, away],
            [across + 0.15, 0.62 + index * 0.06, away],
            [across + 0.15, 0.57 + index * 0.06, away],
            [across - 0.15, 0.57 + index * 0.06, away],
          ],
          colour,
        ),
      )
      .join('');
  return [
    `<g filter="url(#soft)">${quad([left - 0.1, 0, far], [right + 0.1, 0, far], [right + 0.15, 0, near - 0.2], [left - 0.1, 0, near - 0.2], '#3a2a1c', 0.5)}</g>`,
    quad([left, 0.55, near], [right, 0.55, near], [right, 0, near], [left, 0, near], '#8c6f50'),
    quad([left, 0.55, far], [right, 0.55, far], [right, 0.55, near], [left, 0.55, near], '#c7a880'),
    stack(-2.0, 4.95, ['#31455f', '#e7dfcf', '#a9503f']),
    stack(-1.65, 4.9, ['#c8b79a', '#58694f']),
  ].join('');
}

/** Two lamps that hang from the ceiling. */
export function lamps(): string {
  return [-1.6, 1.9]
    .map((across) => {
      const { x, y } = at([across, 2.5, 4.6]);
      return `<circle cx="${px(x)}" cy="${px(y)}" r="90" fill="url(#glow)" opacity="0.5"/><line x1="${px(x)}" y1="0" x2="${px(x)}" y2="${px(y)}" stroke="#3a322c" stroke-width="2"/><circle cx="${px(x)}" cy="${px(y)}" r="17" fill="#fff6e2"/>`;
    })
    .join('');
}
