export { answerChallenge, type Challenge, type ChallengedRequest, type ClientCredentials } from './digest/answer.ts';
export { type DigestAlgorithm, digestResponse, ha1 } from './digest/hash.ts';
export { parseDigest } from './digest/header.ts';
export { type DigestRefusal, type DigestVerdict, DigestVerifier, type DigestVerifierOptions, type StoredHa1 } from './digest/verifier.ts';
