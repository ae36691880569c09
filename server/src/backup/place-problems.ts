import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { catchError, type Observable } from 'rxjs';
import { problem } from '../http/index.ts';
import { PlaceError } from './places/open-place.ts';

/** A place that cannot be used is no fault of ours: its words and its code go to the person. */
@Injectable()
export class PlaceProblems implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(
      catchError((error: unknown) => {
        if (!(error instanceof PlaceError)) throw error;
        throw error.code === 'no-such-file' ? problem(404, 'not-found', error.message) : problem(422, error.code, error.message);
      }),
    );
  }
}
