/**
 * A place in the shop in metres, as the camera's wall sees it: `across` to the right of the lens, `height` above the
 * floor, `away` from the wall.
 */
export interface Place {
  readonly across: number;
  readonly height: number;
  readonly away: number;
}

export interface PinholeGeometry {
  readonly width: number;
  readonly height: number;
  readonly horizontalFieldOfViewDegrees: number;
  readonly heightMetres: number;
  readonly pitchDownDegrees: number;
}

export interface Projection {
  readonly x: number;
  readonly y: number;
  /** Pixels that a metre facing the camera takes there. */
  readonly pixelsPerMetre: number;
}

export interface PinholeCamera {
  readonly geometry: PinholeGeometry;
  readonly focalPixels: number;
  project(place: Place): Projection;
}

/** A pinhole camera without distortion, looking straight into the shop and pitched down. */
export function pinholeCamera(geometry: PinholeGeometry): PinholeCamera {
  const focalPixels = geometry.width / 2 / Math.tan((geometry.horizontalFieldOfViewDegrees * Math.PI) / 360);
  const pitch = (geometry.pitchDownDegrees * Math.PI) / 180;
  const sine = Math.sin(pitch);
  const cosine = Math.cos(pitch);
  return {
    geometry,
    focalPixels,
    project: ({ across, height, away }) => {
      const below = geometry.heightMetres - height;
      const depth = Math.max(0.05, away * cosine + below * sine);
      const pixelsPerMetre = focalPixels / depth;
      return {
        x: geometry.width / 2 + across * pixelsPerMetre,
        y: geometry.height / 2 + (below * cosine - away * sine) * pixelsPerMetre,
        pixelsPerMetre,
      };
    },
  };
}
