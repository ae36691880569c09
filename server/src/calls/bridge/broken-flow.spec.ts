import { beforeEach, describe, expect, it } from 'vitest';
import type { Binding } from '../../registrar/binding.ts';
import type { SipRequest } from '../../sip/message/index.ts';
import { type RequestFields, settle, sourceOf } from '../../sip/testing/index.ts';
import type { Endpoint } from '../../sip/transport/types.ts';
import { ANSWER, BridgeLab, OFFER } from './testing.ts';

const first: Endpoint = { protocol: 'tcp', address: '192.0.2.10', port: 40_001 };
const second: Endpoint = { ...first, port: 40_002 };
const atHome = { contact: '<sip:1001@192.168.1.5:5062;transport=tcp>', via: 'SIP/2.0/TCP 192.168.1.5:5062;rport;branch=z9hG4bKhome' };

/** As far as it matters here. */
const aBinding = (fields: Pick<Binding, 'contact' | 'flow'> & { instance?: string }) => ({ instance: null, ...fields }) as Binding;

/** The bridged caller is on a TCP connection that breaks while he talks (RFC 5626 5.3). */
describe('a caller whose connection broke', () => {
  let lab: BridgeLab;
  beforeEach(() => {
    lab = new BridgeLab();
    lab.caller = first;
  });

  /** A call; when its media is relayed, as the caller is behind a NAT, each step waits for the relay. */
  const connect = async (fields: RequestFields): Promise<SipRequest> => {
    const atOnce = lab.dial(fields);
    await settle();
    const invite = atOnce ?? lab.toGateway('INVITE')!;
    lab.fromGateway(invite, 200, { body: ANSWER });
    await settle();
    lab.fromCaller('ACK', { branch: 'z9hG4bKack1' });
    await settle();
    return invite;
  };
  const breakConnection = () => Object.assign(lab.tx.request.source!.flow, { alive: false });

  const byeGoesTo = () => {
    lab.transport.take();
    lab.call.hangup('credit', 'Credit used up');
    return lab.transport.take().find(({ target }) => target?.address === first.address)?.target;
  };

  it('gets the BYE over the connection he registered over since', async () => {
    await connect(atHome);
    breakConnection();
    lab.bindings = [aBinding({ contact: 'sip:1001@192.168.1.5:5062;transport=tcp', flow: sourceOf(second).flow })];
    expect(byeGoesTo()).toMatchObject({ protocol: 'tcp', port: 40_002, flow: { id: 'tcp:192.0.2.10:40002' } });
  });

  it('is told by +sip.instance from another phone of his', async () => {
    await connect({ ...atHome, contact: `${atHome.contact};+sip.instance="<urn:uuid:1>"` });
    breakConnection();
    const contact = 'sip:1001@192.168.1.9:5062;transport=tcp';
    const other: Endpoint = { ...first, port: 50_001 };
    lab.bindings = [
      aBinding({ contact, instance: '<urn:uuid:2>', flow: sourceOf(other).flow }),
      aBinding({ contact, instance: '<urn:uuid:1>', flow: sourceOf(second).flow }),
    ];
    expect(byeGoesTo()).toMatchObject({ port: 40_002 });
  });

  it('is followed when he sends a re-INVITE over the new one', async () => {
    const gateway = await connect(atHome);
    breakConnection();
    lab.caller = second;
    lab.fromCaller('INVITE', { ...atHome, via: `${atHome.via}2`, cseq: 2, body: OFFER });
    await settle();
    lab.fromGateway(lab.toGateway('INVITE')!, 200, { body: ANSWER });
    await settle();
    lab.fromCaller('ACK', { cseq: 2 });
    await settle();
    lab.lines();
    lab.requestFromGateway(gateway, 'INVITE', { body: ANSWER });
    await settle();
    expect(lab.transport.take().find(({ message }) => message.kind === 'request')?.target).toMatchObject({ port: 40_002 });
  });

  it('is called where his Contact says when there is no NAT between us', async () => {
    await connect({ contact: '<sip:1001@192.0.2.10:5060;transport=tcp>', via: 'SIP/2.0/TCP 192.0.2.10:5060;branch=z9hG4bKopen' });
    breakConnection();
    expect(byeGoesTo()).toMatchObject({ protocol: 'tcp', port: 5060 });
  });

  it('is not looked for while his connection stands', async () => {
    await connect(atHome);
    lab.bindings = [aBinding({ contact: 'sip:1001@192.168.1.5:5062;transport=tcp', flow: sourceOf(second).flow })];
    expect(byeGoesTo()).toMatchObject({ port: 40_001 });
  });
});
