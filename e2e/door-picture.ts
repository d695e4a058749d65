import sharp from 'sharp';

export const DOOR_SIZE = { width: 1280, height: 720 };

/** A real JPEG of a drawn doorway: what the camera port, the injected edge of these tests, is fed with. */
export async function drawDoor(): Promise<Buffer> {
  const { width, height } = DOOR_SIZE;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <defs>
      <linearGradient id="wall" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#3a3d44"/><stop offset="1" stop-color="#23252b"/></linearGradient>
      <linearGradient id="floor" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#6d655c"/><stop offset="1" stop-color="#4a443d"/></linearGradient>
      <linearGradient id="glass" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="#c9d6dc"/><stop offset="1" stop-color="#8ea3ad"/></linearGradient>
    </defs>
    <rect width="1280" height="720" fill="url(#wall)"/>
    <polygon points="0,430 1280,430 1280,720 0,720" fill="url(#floor)"/>
    <rect x="420" y="90" width="440" height="350" fill="#15171b"/>
    <rect x="432" y="102" width="203" height="338" fill="url(#glass)"/><rect x="645" y="102" width="203" height="338" fill="url(#glass)"/>
    ${person(560, 300, 1.0, '#2c4a63', '#c99a78')}${person(800, 360, 1.25, '#7b3f3a', '#8d5f46')}${person(380, 350, 1.15, '#4c5a3a', '#e0b394')}
  </svg>`;
  return sharp(Buffer.from(svg)).jpeg({ quality: 82 }).toBuffer();
}

function person(x: number, y: number, scale: number, coat: string, skin: string): string {
  return `<g transform="translate(${x} ${y}) scale(${scale})">
    <rect x="-38" y="42" width="76" height="150" rx="30" fill="${coat}"/><rect x="-30" y="180" width="24" height="110" rx="10" fill="#1d1f25"/>
    <rect x="6" y="180" width="24" height="110" rx="10" fill="#1d1f25"/><ellipse cx="0" cy="8" rx="23" ry="29" fill="${skin}"/>
    <path d="M-24 4a24 30 0 0 1 48 0c-8-12-40-12-48 0z" fill="#221c18"/></g>`;
}
