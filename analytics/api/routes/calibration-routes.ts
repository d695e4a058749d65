import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import fp from 'fastify-plugin';
import { Type } from 'typebox';
import { ApiError } from '../errors.ts';
import type { CalibrationPort } from '../ports.ts';
import { CalibrationAnswer, CalibrationWish, CameraCalibration } from '../schemas/calibration.ts';
import { Problem } from '../schemas/problem.ts';

export interface CalibrationRoutesOptions {
  readonly calibration: CalibrationPort | undefined;
}

const CAMERA_PARAMS = Type.Object({ cameraId: Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,62}$' }) });

const routes: FastifyPluginCallbackTypebox<CalibrationRoutesOptions> = (app, { calibration }, done) => {
  app.get(
    '/api/v1/cameras/:cameraId/calibration',
    {
      schema: {
        operationId: 'getCalibration',
        tags: ['cameras'],
        summary: 'How a camera is calibrated, and the floor plan to do it on',
        params: CAMERA_PARAMS,
        response: { 200: CameraCalibration, 404: Problem },
      },
    },
    ({ params: { cameraId } }) => known(calibration?.configured(cameraId), cameraId),
  );

  app.post(
    '/api/v1/cameras/:cameraId/calibration/solve',
    {
      schema: {
        operationId: 'solveCalibration',
        tags: ['cameras'],
        summary: 'Solves points of the floor seen in the picture; changes nothing',
        description:
          'How far each point falls from its place on the plan, what is wrong, and the text for the configuration.',
        params: CAMERA_PARAMS,
        body: CalibrationWish,
        response: { 200: CalibrationAnswer, 400: Problem, 404: Problem },
      },
    },
    ({ params: { cameraId }, body }) => known(calibration?.solve(cameraId, body), cameraId),
  );

  done();
};

function known<Answer>(answer: Answer | undefined, cameraId: string): Answer {
  if (answer !== undefined) return answer;
  throw new ApiError('camera.not-found', `There is no camera "${cameraId}" to calibrate.`);
}

export const calibrationRoutes = fp(routes, {
  name: 'calibration-routes',
  dependencies: ['problem-details', 'openapi', 'own-requests'],
  fastify: '5.x',
});
