import { useQueryClient } from '@tanstack/react-query';
import { Trash2 } from 'lucide-react';
import { http } from '#app/api/client.ts';
import { problemOf } from '#app/api/problem.ts';
import { FormProblem, showProblem, useZodForm } from '#app/components/form.tsx';
import { Button } from '#app/components/ui/button.tsx';
import { Dialog } from '#app/components/ui/dialog.tsx';
import { Field } from '#app/components/ui/field.tsx';
import { Input, Select, Textarea } from '#app/components/ui/input.tsx';
import { useTexts } from '#app/i18n/index.ts';
import {
  automatic,
  formFields,
  fromForm,
  interfaceSchema,
  type NetworkSettings,
  type NetworkView,
  toForm,
  withDns,
  withInterface,
  withoutInterface,
} from '#app/routes/admin/network/interface-form.ts';
import { networkQuery } from '#app/routes/admin/network/use-network.ts';

/** What is being set up: an interface by its name, a new VLAN on one of the ports, or the name servers alone. */
export type Subject = { kind: 'interface'; name: string } | { kind: 'new-vlan' } | { kind: 'dns' };

/** The addresses of one interface, with the name servers of the machine: whoever gives a fixed address mostly has to name those too. */
export function InterfaceDialog({ view, subject, onClose }: { view: NetworkView; subject: Subject; onClose: () => void }) {
  const texts = useTexts();
  const { t } = texts;
  const client = useQueryClient();
  const { settings } = view;
  const isNew = subject.kind === 'new-vlan';
  const dnsOnly = subject.kind === 'dns';
  const before = subject.kind === 'interface' ? subject.name : null;
  const present = settings.interfaces.find((each) => each.name === before) ?? automatic(before ?? '');
  const status = view.status.find((each) => each.name === before);
  const ports = view.status.map((each) => each.name).filter((name) => !settings.interfaces.some((each) => each.name === name && each.vlan));
  const vlan = isNew || present.vlan !== null;
  const others = settings.interfaces.filter((each) => each.name !== before);
  const start = toForm(present, status, settings.dns);
  const form = useZodForm(interfaceSchema(others, vlan), isNew ? { ...start, parent: ports[0] ?? '' } : start);
  const { errors, isSubmitting } = form.formState;
  const [method, ipv6] = form.watch(['method', 'ipv6']);

  const apply = async (next: NetworkSettings, name: string) => {
    const { data, error } = await http.PUT('/api/v1/host/network', { body: next });
    if (!data) {
      showProblem(form, error, texts, formFields(problemOf(error), next, name));
      return;
    }
    await client.invalidateQueries({ queryKey: networkQuery.queryKey });
    onClose();
  };
  const submit = form.handleSubmit((values) => {
    if (dnsOnly) return apply(withDns(settings, values.dns), '');
    const after = fromForm(before ?? '', values);
    return apply(withInterface(settings, before, after, values.dns), after.name);
  });

  const methodField = form.register('method', {
    // Without DHCP nobody names the name servers any more: those in use are kept.
    onChange: (event: { target: { value: string } }) => {
      if (event.target.value === 'static' && form.getValues('dns').trim() === '') form.setValue('dns', view.dns.join('\n'));
    },
  });

  return (
    <Dialog
      open
      onClose={onClose}
      place={dnsOnly ? 'center' : 'wide'}
      title={dnsOnly ? t('net.dns') : isNew ? t('net.addVlan') : (before ?? '')}
      description={t('net.dialogText')}
      footer={
        <>
          {!isNew && vlan && (
            <Button
              look="danger-quiet"
              icon={Trash2}
              className="mr-auto"
              disabled={isSubmitting}
              onClick={() => void apply(withoutInterface(settings, before ?? ''), before ?? '')}
            >
              {t('net.removeVlan')}
            </Button>
          )}
          <Button onClick={onClose}>{t('ui.cancel')}</Button>
          <Button look="primary" type="submit" form="interface" busy={isSubmitting}>
            {t('net.apply')}
          </Button>
        </>
      }
    >
      <form id="interface" onSubmit={(event) => void submit(event)} noValidate className="grid gap-4 sm:grid-cols-2">
        <div className="sm:col-span-2 empty:hidden">
          <FormProblem form={form} />
        </div>
        {vlan && (
          <>
            <Field label={t('net.parent')}>
              {(control) =>
                isNew ? (
                  <Select {...control} {...form.register('parent')}>
                    {ports.map((port) => (
                      <option key={port}>{port}</option>
                    ))}
                  </Select>
                ) : (
                  <Input {...control} readOnly value={present.vlan?.parent ?? ''} />
                )
              }
            </Field>
            <Field label={t('net.vlanId')} hint={t('net.vlanHint')} error={errors.vlanId?.message} required>
              {(control) => <Input {...control} {...form.register('vlanId')} inputMode="numeric" className="tnum" autoComplete="off" />}
            </Field>
          </>
        )}
        {!dnsOnly && (
          <>
            <fieldset className="grid content-start gap-4">
              <Field label="IPv4">
                {(control) => (
                  <Select {...control} {...methodField}>
                    {(['dhcp', 'static', 'off'] as const).map((each) => (
                      <option key={each} value={each}>
                        {t(`net.method.${each}`)}
                      </option>
                    ))}
                  </Select>
                )}
              </Field>
              {method === 'static' && (
                <>
                  <Field label={t('net.address4')} hint={t('net.addressHint')} error={errors.addresses?.message} required>
                    {(control) => (
                      <Textarea {...control} {...form.register('addresses')} rows={2} spellCheck={false} className="font-mono" />
                    )}
                  </Field>
                  <Field label={t('net.gateway4')} error={errors.gateway?.message} optional>
                    {(control) => <Input {...control} {...form.register('gateway')} className="font-mono" autoComplete="off" />}
                  </Field>
                </>
              )}
            </fieldset>
            <fieldset className="grid content-start gap-4">
              <Field label="IPv6">
                {(control) => (
                  <Select {...control} {...form.register('ipv6')}>
                    {(['auto', 'static', 'off'] as const).map((each) => (
                      <option key={each} value={each}>
                        {t(`net.ipv6.${each}`)}
                      </option>
                    ))}
                  </Select>
                )}
              </Field>
              {ipv6 === 'static' && (
                <>
                  <Field label={t('net.address6')} hint={t('net.addressHint6')} error={errors.addresses6?.message} required>
                    {(control) => (
                      <Textarea {...control} {...form.register('addresses6')} rows={2} spellCheck={false} className="font-mono" />
                    )}
                  </Field>
                  <Field label={t('net.gateway6')} error={errors.gateway6?.message} optional>
                    {(control) => <Input {...control} {...form.register('gateway6')} className="font-mono" autoComplete="off" />}
                  </Field>
                </>
              )}
            </fieldset>
          </>
        )}
        <Field label={t('net.dns')} hint={t('net.dnsHint')} error={errors.dns?.message} optional className="sm:col-span-2">
          {(control) => <Textarea {...control} {...form.register('dns')} rows={2} spellCheck={false} className="font-mono" />}
        </Field>
      </form>
    </Dialog>
  );
}
