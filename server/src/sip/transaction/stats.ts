/** Counters since start. */
export interface LayerStats {
  /** New requests, each once, and the ACKs for 2xx. */
  requestsReceived: number;
  acksReceived: number;
  responsesReceived: number;
  requestsSent: number;
  retransmissionsAbsorbed: number;
  strayResponses: number;
  malformed: number;
  /** Responses given, by their class: index 1 to 6. */
  replies: number[];
}

export function newStats(): LayerStats {
  return {
    requestsReceived: 0,
    acksReceived: 0,
    responsesReceived: 0,
    requestsSent: 0,
    retransmissionsAbsorbed: 0,
    strayResponses: 0,
    malformed: 0,
    replies: [0, 0, 0, 0, 0, 0, 0],
  };
}
