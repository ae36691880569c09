import { useQueryClient } from '@tanstack/react-query';
import { Pencil } from 'lucide-react';
import { useState } from 'react';
import { z } from 'zod';
import { http } from '#app/api/client.ts';
import type { Schema } from '#app/api/types.ts';
import { FormProblem, showProblem, useZodForm } from '#app/components/form.tsx';
import { StatusLight } from '#app/components/ui/badge.tsx';
import { Button } from '#app/components/ui/button.tsx';
import { Card, KeyValues } from '#app/components/ui/card.tsx';
import { Dialog } from '#app/components/ui/dialog.tsx';
import { Field } from '#app/components/ui/field.tsx';
import { Input } from '#app/components/ui/input.tsx';
import { toast } from '#app/components/ui/toast.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { formatDay } from '#app/lib/format.ts';

/** What runs here: versions, firmware, the medium it was started from and the machine's name. */
export function AboutCard({ system, hostname }: { system: Schema<'HostSystem'>; hostname: string | null }) {
  const { t, locale } = useTexts();
  const [naming, setNaming] = useState(false);
  const { bootMedium } = system;
  const appliance = hostname !== null;
  return (
    <Card
      title={t('machine.about')}
      actions={
        appliance && (
          <Button size="sm" icon={Pencil} onClick={() => setNaming(true)}>
            {t('machine.rename')}
          </Button>
        )
      }
    >
      <KeyValues
        rows={[
          appliance && [
            t('machine.hostname'),
            <code key="h" className="font-mono break-all">
              {hostname}
            </code>,
          ],
          [t('machine.version'), system.version],
          system.buildId !== '' && [
            t('machine.build'),
            <span key="b" className="break-all">
              {system.buildId}
              {system.buildDate !== '' && `, ${formatDay(system.buildDate, locale)}`}
            </span>,
          ],
          [t('machine.kernel'), system.kernel],
          [t('machine.firmware'), system.firmware === 'uefi' ? 'UEFI' : 'BIOS'],
          // A BIOS has no Secure Boot, and away from the appliance nobody has asked.
          appliance &&
            system.firmware === 'uefi' && [
              t('machine.secureBoot'),
              <StatusLight key="s" tone={system.secureBoot ? 'ok' : 'plain'}>
                {t(system.secureBoot ? 'machine.on' : 'machine.off')}
              </StatusLight>,
            ],
          appliance && [
            t('machine.bootMedium'),
            bootMedium.inMemory ? (
              t('machine.bootMemory')
            ) : (
              <code key="m" className="font-mono">
                {bootMedium.device}
              </code>
            ),
          ],
        ]}
      />
      {naming && <HostnameDialog hostname={hostname ?? ''} onClose={() => setNaming(false)} />}
    </Card>
  );
}

/** RFC 1123: labels of letters, digits and dashes. */
const hostnameForm = z.object({
  hostname: z
    .string()
    .trim()
    .toLowerCase()
    .min(1, 'invalid.required')
    .max(63, 'problem.too-big')
    .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/, 'invalid.hostname'),
});

function HostnameDialog({ hostname, onClose }: { hostname: string; onClose: () => void }) {
  const texts = useTexts();
  const { t } = texts;
  const client = useQueryClient();
  const form = useZodForm(hostnameForm, { hostname });
  const { errors, isSubmitting } = form.formState;
  const submit = form.handleSubmit(async (body) => {
    const { data, error } = await http.PUT('/api/v1/host/hostname', { body });
    if (!data) {
      showProblem(form, error, texts);
      return;
    }
    toast.success(t('ui.saved'));
    await client.invalidateQueries({ queryKey: ['get', '/api/v1/host/hostname'] });
    onClose();
  });
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('machine.rename')}
      footer={
        <>
          <Button onClick={onClose}>{t('ui.cancel')}</Button>
          <Button look="primary" type="submit" form="hostname" busy={isSubmitting}>
            {t('ui.save')}
          </Button>
        </>
      }
    >
      <form id="hostname" onSubmit={(event) => void submit(event)} noValidate className="grid gap-4">
        <FormProblem form={form} />
        <Field label={t('machine.hostname')} hint={t('machine.hostnameHint')} error={errors.hostname?.message} required>
          {(control) => (
            <Input {...control} {...form.register('hostname')} className="font-mono" autoComplete="off" spellCheck={false} autoFocus />
          )}
        </Field>
      </form>
    </Dialog>
  );
}
