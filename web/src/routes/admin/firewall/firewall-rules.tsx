import { useQueryClient } from '@tanstack/react-query';
import { Plus, Save, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { api, http } from '#app/api/client.ts';
import { problemOf, problemText } from '#app/api/problem.ts';
import { Button, ButtonLink } from '#app/components/ui/button.tsx';
import { Card, KeyValues } from '#app/components/ui/card.tsx';
import { LoadFailed } from '#app/components/ui/empty-state.tsx';
import { Field } from '#app/components/ui/field.tsx';
import { Input, Select, Textarea } from '#app/components/ui/input.tsx';
import { Notice } from '#app/components/ui/notice.tsx';
import { LoadingBlock } from '#app/components/ui/skeleton.tsx';
import { toast } from '#app/components/ui/toast.tsx';
import { useTexts } from '#app/i18n/index.ts';
import {
  alwaysOpen,
  type Firewall,
  type FirewallFaults,
  type FirewallForm,
  faultsOf,
  fromForm,
  type PortRow,
  serverFaults,
  toForm,
} from '#app/routes/admin/firewall/firewall-form.ts';

export function FirewallRules() {
  const texts = useTexts();
  const { t } = texts;
  const query = api.useQuery('get', '/api/v1/host/firewall', {}, { refetchOnWindowFocus: false });
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-5">
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-5 lg:grid-cols-2">
        <Card title={t('firewall.always')} text={t('firewall.alwaysText')}>
          <KeyValues
            rows={alwaysOpen.map(({ what, ports }) => [
              t(`firewall.${what}`),
              <span key={what}>{what === 'rtp' ? t('firewall.perCall') : ports}</span>,
            ])}
          />
        </Card>
        <AdminDoors />
      </div>
      {query.data ? (
        <RulesForm settings={query.data} />
      ) : query.error ? (
        <LoadFailed message={problemText(query.error, texts)} onRetry={() => void query.refetch()} />
      ) : (
        <LoadingBlock lines={6} />
      )}
    </div>
  );
}

/** Who may reach the pages of administrators, and who is shut out: set on pages of their own. */
function AdminDoors() {
  const { t } = useTexts();
  const settings = api.useQuery('get', '/api/v1/settings');
  const bans = api.useQuery('get', '/api/v1/bans', { params: { query: { pageSize: 1 } } });
  return (
    <Card title={t('firewall.doors')}>
      <KeyValues
        rows={[
          [
            t('firewall.adminFrom'),
            <span key="a" className="font-mono text-xs break-words">
              {settings.data ? settings.data.adminNetworks.join(', ') : '…'}
            </span>,
          ],
          [t('firewall.banned'), bans.data ? t('firewall.bannedCount', { count: bans.data.total }) : '…'],
        ]}
      />
      <div className="mt-4 flex flex-wrap gap-2">
        <ButtonLink size="sm" to="/admin/settings?key=adminNetworks">
          {t('firewall.toAdminNetworks')}
        </ButtonLink>
        <ButtonLink size="sm" to="/admin/bans">
          {t('firewall.toBans')}
        </ButtonLink>
      </div>
    </Card>
  );
}

function RulesForm({ settings }: { settings: Firewall }) {
  const texts = useTexts();
  const { t, maybe } = texts;
  const client = useQueryClient();
  const [form, setForm] = useState<FirewallForm>(() => toForm(settings));
  const [faults, setFaults] = useState<FirewallFaults>({});
  const [failed, setFailed] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const changed = JSON.stringify(fromForm(form)) !== JSON.stringify(settings);

  const change = (part: Partial<FirewallForm>) => setForm((before) => ({ ...before, ...part }));
  const changePort = (key: number, part: Partial<PortRow>) =>
    change({ ports: form.ports.map((row) => (row.key === key ? { ...row, ...part } : row)) });
  const addPort = () => {
    const key = Math.max(-1, ...form.ports.map((row) => row.key)) + 1;
    change({ ports: [...form.ports, { key, protocol: 'tcp', from: '', to: '', comment: '' }] });
  };

  const save = async () => {
    setFailed(null);
    const found = faultsOf(form);
    setFaults(found);
    if (Object.keys(found).length > 0) {
      setFailed(t('problem.invalid'));
      return;
    }
    setBusy(true);
    const { data, error } = await http.PUT('/api/v1/host/firewall', { body: fromForm(form) });
    setBusy(false);
    if (data) {
      setForm(toForm(data));
      client.setQueryData(api.queryOptions('get', '/api/v1/host/firewall', {}).queryKey, data);
      toast.success(t('ui.saved'));
      return;
    }
    const { faults: refused, rest } = serverFaults(problemOf(error));
    setFaults(refused);
    setFailed(rest.join(' ') || (Object.keys(refused).length > 0 ? t('problem.invalid') : problemText(error, texts)));
  };

  return (
    <form
      noValidate
      className="grid grid-cols-[minmax(0,1fr)] gap-5"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      {failed && <Notice tone="bad">{maybe(failed) ?? failed}</Notice>}
      <Card
        title={t('firewall.more')}
        text={t('firewall.moreText')}
        actions={
          <Button size="sm" icon={Plus} onClick={addPort} disabled={form.ports.length >= 64}>
            {t('firewall.addPort')}
          </Button>
        }
      >
        {form.ports.length === 0 ? (
          <p className="text-muted">{t('firewall.noMore')}</p>
        ) : (
          <ul className="grid gap-4">
            {form.ports.map((row, index) => (
              <li key={row.key}>
                <fieldset className="grid grid-cols-2 items-start gap-3 sm:grid-cols-[7rem_7rem_7rem_minmax(0,1fr)_auto]">
                  <legend className="sr-only">{t('firewall.portOf', { number: index + 1 })}</legend>
                  <Field label={t('firewall.protocol')} className="max-sm:col-span-2">
                    {(control) => (
                      <Select
                        {...control}
                        value={row.protocol}
                        onChange={(event) => changePort(row.key, { protocol: event.target.value === 'udp' ? 'udp' : 'tcp' })}
                      >
                        <option value="tcp">TCP</option>
                        <option value="udp">UDP</option>
                      </Select>
                    )}
                  </Field>
                  <Field label={t('firewall.from')} error={faults[`ports.${index}.from`]} required>
                    {(control) => (
                      <Input
                        {...control}
                        inputMode="numeric"
                        className="tnum"
                        value={row.from}
                        onChange={(event) => changePort(row.key, { from: event.target.value })}
                      />
                    )}
                  </Field>
                  <Field label={t('firewall.to')} error={faults[`ports.${index}.to`]}>
                    {(control) => (
                      <Input
                        {...control}
                        inputMode="numeric"
                        className="tnum"
                        placeholder={row.from}
                        value={row.to}
                        onChange={(event) => changePort(row.key, { to: event.target.value })}
                      />
                    )}
                  </Field>
                  <Field label={t('firewall.comment')} error={faults[`ports.${index}.comment`]} className="max-sm:col-span-2">
                    {(control) => (
                      <Input {...control} value={row.comment} onChange={(event) => changePort(row.key, { comment: event.target.value })} />
                    )}
                  </Field>
                  <Button
                    look="danger-quiet"
                    size="icon"
                    icon={Trash2}
                    className="max-sm:col-span-2 max-sm:justify-self-end sm:mt-7.5"
                    aria-label={t('firewall.removePort', { number: index + 1 })}
                    onClick={() => change({ ports: form.ports.filter((each) => each.key !== row.key) })}
                  />
                </fieldset>
              </li>
            ))}
          </ul>
        )}
      </Card>
      <Card title={t('firewall.networks')} text={t('firewall.networksText')}>
        <div className="grid gap-5 sm:grid-cols-2">
          <Field label={t('firewall.statusNetworks')} hint={t('firewall.statusHint')} error={faults.adminNetworks}>
            {(control) => (
              <Textarea
                {...control}
                rows={7}
                spellCheck={false}
                className="font-mono"
                value={form.adminNetworks}
                onChange={(event) => change({ adminNetworks: event.target.value })}
              />
            )}
          </Field>
          <Field label={t('firewall.sshNetworks')} hint={t('firewall.sshHint')} error={faults.sshNetworks}>
            {(control) => (
              <Textarea
                {...control}
                rows={7}
                spellCheck={false}
                className="font-mono"
                value={form.sshNetworks}
                onChange={(event) => change({ sshNetworks: event.target.value })}
              />
            )}
          </Field>
        </div>
      </Card>
      <div className="flex flex-wrap justify-end gap-2">
        <Button
          disabled={!changed}
          onClick={() => {
            setForm(toForm(settings));
            setFaults({});
            setFailed(null);
          }}
        >
          {t('settings.discard')}
        </Button>
        <Button type="submit" look="primary" icon={Save} busy={busy} disabled={!changed}>
          {t('ui.save')}
        </Button>
      </div>
    </form>
  );
}
