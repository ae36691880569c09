import type { ReactNode } from 'react';
import type { Schema } from '#app/api/types.ts';
import { Badge } from '#app/components/ui/badge.tsx';
import { Card, StatTile } from '#app/components/ui/card.tsx';
import { ProgressBar } from '#app/components/ui/progress.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { formatBytes, formatSpan } from '#app/lib/format.ts';

type System = Schema<'HostSystem'>;

/** From here on room is scarce, and it is said. */
export const fullness = (used: number): 'ok' | 'warn' | 'bad' => (used >= 0.95 ? 'bad' : used >= 0.8 ? 'warn' : 'ok');

const share = (part: number, whole: number): number => (whole > 0 ? Math.min(1, Math.max(0, part / whole)) : 0);

/** Processor, memory, heat and age of this run, in four tiles. */
export function LoadTiles({ system }: { system: System }) {
  const { t, locale } = useTexts();
  const percent = (value: number) => new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 }).format(value);
  const { cpu, memory } = system;
  const used = memory.total - memory.available;
  const hottest = system.temperatures.toSorted((a, b) => b.celsius - a.celsius)[0];
  return (
    <div className="grid grid-cols-2 gap-3 lg:grid-cols-4">
      <StatTile
        label={t('machine.cpu')}
        value={percent(cpu.busy)}
        note={t('machine.load', { load: cpu.load.map((each) => each.toFixed(2)).join(' · ') })}
        tone={cpu.busy > 0.95 ? 'bad' : 'plain'}
      />
      <StatTile
        label={t('machine.memory')}
        value={percent(share(used, memory.total))}
        note={t('machine.usedOf', { used: formatBytes(used, locale), size: formatBytes(memory.total, locale) })}
        tone={fullness(share(used, memory.total)) === 'bad' ? 'bad' : 'plain'}
      />
      <StatTile
        label={t('machine.temperature')}
        value={hottest ? `${Math.round(hottest.celsius)} °C` : '–'}
        note={hottest ? hottest.name : t('machine.noSensor')}
        tone={hottest && hottest.celsius >= 85 ? 'bad' : 'plain'}
      />
      <StatTile
        label={t('machine.uptime')}
        value={formatSpan(system.uptime, locale)}
        note={t('machine.cores', { model: cpu.model, count: cpu.cores })}
      />
    </div>
  );
}

/** How full the file systems are, and every sensor where there is more than one. */
export function RoomCard({ system }: { system: System }) {
  const { t, maybe, locale } = useTexts();
  return (
    <Card title={t('machine.room')}>
      <ul className="grid gap-4">
        {system.disks.map((disk) => {
          const used = share(disk.size - disk.free, disk.size);
          const tone = fullness(used);
          const name = maybe(`machine.disk.${disk.name}`) ?? disk.name;
          return (
            <li key={disk.mountPoint} className="grid gap-1.5">
              <Line name={name}>
                {tone !== 'ok' && <Badge tone={tone}>{t(tone === 'bad' ? 'machine.full' : 'machine.nearlyFull')}</Badge>}
                <span className="text-muted">
                  {t('machine.freeOf', { free: formatBytes(disk.free, locale), size: formatBytes(disk.size, locale) })}
                </span>
              </Line>
              <ProgressBar value={used} label={name} />
            </li>
          );
        })}
        {system.memory.swapTotal > 0 && (
          <li>
            <Line name={t('machine.swap')}>
              <span className="text-muted">
                {t('machine.freeOf', {
                  free: formatBytes(system.memory.swapFree, locale),
                  size: formatBytes(system.memory.swapTotal, locale),
                })}
              </span>
            </Line>
          </li>
        )}
        {system.temperatures.length > 1 &&
          system.temperatures.map((sensor) => (
            <li key={sensor.name}>
              <Line name={sensor.name}>
                <span className="tnum text-muted">{Math.round(sensor.celsius)} °C</span>
              </Line>
            </li>
          ))}
      </ul>
    </Card>
  );
}

const Line = ({ name, children }: { name: string; children: ReactNode }) => (
  <div className="flex flex-wrap items-center justify-between gap-x-3 gap-y-1">
    <span className="font-medium">{name}</span>
    <span className="inline-flex flex-wrap items-center gap-2">{children}</span>
  </div>
);
