import type { CameraStatus } from '../../analytics/api/schemas/camera.ts';
import type { Overlay } from '../../analytics/api/schemas/overlay.ts';

/** Overlays kept to find the one that belongs to a picture: two seconds at 15 a second. */
const OVERLAYS_KEPT = 30;
/** A picture is not drawn with what was seen longer before or after it. */
export const PAIRING_LIMIT_MS = 400;

/** Every camera, and what the page shows of the live one. */
export class CameraWall {
  cameras = $state.raw<readonly CameraStatus[]>([]);
  #overlays = $state.raw<readonly Overlay[]>([]);
  /** Capture time of the newest picture that the server offers. */
  offeredAtMs = $state<number>();
  /** Capture time of the picture that is on the screen. */
  shownAtMs = $state<number>();

  /** The camera whose picture is shown: the first at a door. */
  get door(): CameraStatus | undefined {
    return this.cameras.find(({ purpose }) => purpose === 'door');
  }

  setAll(cameras: readonly CameraStatus[]): void {
    this.cameras = cameras;
    this.#forgetLost();
  }

  set(camera: CameraStatus): void {
    const known = this.cameras.some(({ id }) => id === camera.id);
    this.cameras = known
      ? this.cameras.map((other) => (other.id === camera.id ? camera : other))
      : [...this.cameras, camera];
    this.#forgetLost();
  }

  addOverlay(overlay: Overlay): void {
    if (overlay.cameraId !== this.door?.id) return;
    this.#overlays = [...this.#overlays, overlay].slice(-OVERLAYS_KEPT);
  }

  offerPicture(cameraId: string, atMs: number): void {
    if (cameraId === this.door?.id) this.offeredAtMs = atMs;
  }

  /** What was seen nearest in time to the picture on the screen; boxes of another moment would lie beside the faces. */
  get overlay(): Overlay | undefined {
    if (this.door?.state !== 'live' || this.shownAtMs === undefined) return undefined;
    const shownAtMs = this.shownAtMs;
    let nearest: Overlay | undefined;
    for (const overlay of this.#overlays) {
      if (nearest === undefined || gap(overlay, shownAtMs) <= gap(nearest, shownAtMs)) nearest = overlay;
    }
    return nearest !== undefined && gap(nearest, shownAtMs) <= PAIRING_LIMIT_MS ? nearest : undefined;
  }

  /** The connection broke: nothing that was seen before says anything about now. */
  forgetPicture(): void {
    this.#overlays = [];
    this.offeredAtMs = undefined;
    this.shownAtMs = undefined;
  }

  #forgetLost(): void {
    if (this.door?.state !== 'live') this.forgetPicture();
  }
}

function gap(overlay: Overlay, atMs: number): number {
  return Math.abs(overlay.atMs - atMs);
}
