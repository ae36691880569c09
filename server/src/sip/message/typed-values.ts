import type { CSeq } from './cseq.ts';
import type { NameAddr } from './name-addr.ts';
import type { Via } from './via.ts';

/** What has been read of a message's headers. Fields instead of a map: each message passes through a dozen of these reads. */
export class TypedValues {
  topVia: Via | undefined = undefined;
  vias: Via[] | undefined = undefined;
  from: NameAddr | undefined = undefined;
  to: NameAddr | undefined = undefined;
  cseq: CSeq | undefined = undefined;
  contacts: NameAddr[] | '*' | undefined = undefined;
  routes: NameAddr[] | undefined = undefined;
  recordRoutes: NameAddr[] | undefined = undefined;

  /** A line with this key (long name in lower case) has changed. */
  forget(key: string): void {
    switch (key) {
      case 'via':
        this.topVia = undefined;
        this.vias = undefined;
        break;
      case 'from':
        this.from = undefined;
        break;
      case 'to':
        this.to = undefined;
        break;
      case 'cseq':
        this.cseq = undefined;
        break;
      case 'contact':
        this.contacts = undefined;
        break;
      case 'route':
        this.routes = undefined;
        break;
      case 'record-route':
        this.recordRoutes = undefined;
    }
  }
}
