export { Dialog, DialogError, type DialogRequest, type DialogState } from './dialog.ts';
export { OfferAnswer, type OfferVerdict } from './offer-answer.ts';
export { formatRAck, hasToken, type RAck, RSeqMap, readRAck, readRSeq, supports100rel } from './reliable-provisional.ts';
export {
  answerSessionTimer,
  type Refresher,
  readMinSe,
  readSessionExpires,
  readSessionTimerAnswer,
  type SessionExpires,
  SessionTimer,
  type SessionTimerAnswer,
  SMALLEST_MIN_SE,
  sessionTimerRequestHeaders,
} from './session-timer.ts';
