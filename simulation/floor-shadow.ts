import { coverAt } from './floor-sight.ts';
import type { Occluder } from './floor-backdrop.ts';
import type { PlanPoint, PoseCamera } from './pose-camera.ts';

/** The shadow on the floor: dark between the feet, soft at its edge. */
export function shadeFloor(
  rgb: Uint8Array,
  camera: PoseCamera,
  place: PlanPoint,
  floor: number,
  hiddenBy: readonly Occluder[],
): void {
  const { width, height } = camera.pinhole.geometry;
  const centre = camera.project(place);
  const away = Math.hypot(place[0] - camera.place[0], place[1] - camera.place[1]);
  const radiusX = 0.36 * centre.pixelsPerMetre;
  const radiusY = Math.max(2, (radiusX * camera.heightMetres) / Math.hypot(away, camera.heightMetres));
  for (let y = Math.max(0, Math.ceil(centre.y - radiusY)); y < Math.min(height, centre.y + radiusY); y++) {
    for (let x = Math.max(0, Math.ceil(centre.x - radiusX)); x < Math.min(width, centre.x + radiusX); x++) {
      const distance = ((x - centre.x) / radiusX) ** 2 + ((y - centre.y) / radiusY) ** 2;
      if (distance >= 1) continue;
      let open = 1;
      for (const one of hiddenBy) open *= 1 - coverAt(one, x, y) / 255;
      const dark = 1 - 0.45 * open * (1 - distance) * (1 - distance);
      // Painted levels stand `floor` too low, so the shadow takes that much too little.
      const lost = floor * (1 - dark);
      const i = (y * width + x) * 3;
      for (let c = 0; c < 3; c++) rgb[i + c] = Math.max(0, rgb[i + c]! * dark - lost);
    }
  }
}
