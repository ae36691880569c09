import { Coins, Hash, History, Route, Settings, Users } from 'lucide-react';
import type { Schema } from '#app/api/types.ts';
import { useMoney } from '#app/components/money.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { PaletteGroup, PaletteItem } from '#app/shell/palette.tsx';

/** Certificates have a page of their own. */
const settingPage = (key: string): string => (/^(acme|certificate)/.test(key) ? '/admin/certificates' : `/admin/settings?key=${key}`);

/** What the server found for the palette. A typed telephone number leads to its price first. */
export function SearchResults({ found, typed, onGo }: { found: Schema<'SearchResult'>; typed: string; onGo: (to: string) => void }) {
  const { t, maybe } = useTexts();
  const money = useMoney();
  const isNumber = /^\+?[\d\s()./-]{3,}$/.test(typed);
  const number = typed.replace(/[\s()./-]/g, '');
  return (
    <>
      {found.rates.length > 0 && (
        <PaletteGroup heading={t('palette.rates')}>
          {found.rates.map((rate) => (
            <PaletteItem
              key={rate.rateId}
              value={`rate ${rate.rateId}`}
              icon={Coins}
              onSelect={() => onGo(`/admin/rates/${rate.tariffId}?q=${rate.prefix}`)}
              note={rate.blocked ? t('rate.blocked') : `${money(rate.pricePerMinute)} ${t('rate.perMinute')}`}
            >
              <span className="tnum">{rate.prefix}</span> {rate.name} · {rate.tariffName}
            </PaletteItem>
          ))}
        </PaletteGroup>
      )}
      {found.subscribers.length > 0 && (
        <PaletteGroup heading={t('palette.subscribers')}>
          {found.subscribers.map((each) => (
            <PaletteItem
              key={each.id}
              value={`subscriber ${each.id}`}
              icon={Users}
              onSelect={() => onGo(`/admin/subscribers/${each.id}`)}
              note={each.domain}
            >
              <span className="tnum">{each.number}</span> {each.displayName}
            </PaletteItem>
          ))}
        </PaletteGroup>
      )}
      {found.numbers.length > 0 && (
        <PaletteGroup heading={t('palette.numbers')}>
          {found.numbers.map((each) => (
            <PaletteItem
              key={each.id}
              value={`number ${each.id}`}
              icon={Hash}
              onSelect={() => onGo(each.subscriberId ? `/admin/subscribers/${each.subscriberId}` : `/admin/numbers?q=${each.number}`)}
              note={each.subscriberNumber ?? undefined}
            >
              {each.number}
            </PaletteItem>
          ))}
        </PaletteGroup>
      )}
      {found.settings.length > 0 && (
        <PaletteGroup heading={t('palette.settings')}>
          {found.settings.map((key) => (
            <PaletteItem key={key} value={`setting ${key}`} icon={Settings} onSelect={() => onGo(settingPage(key))}>
              {maybe(`setting.${key}`) ?? key}
            </PaletteItem>
          ))}
        </PaletteGroup>
      )}
      {isNumber && (
        <PaletteGroup heading={t('palette.actions')}>
          <PaletteItem value="test number" icon={Route} onSelect={() => onGo(`/admin/route-test?dialled=${encodeURIComponent(number)}`)}>
            {t('palette.testNumber', { number })}
          </PaletteItem>
          <PaletteItem
            value="calls with number"
            icon={History}
            onSelect={() => onGo(`/admin/calls?q=${encodeURIComponent(number.replace(/^\+/, ''))}`)}
          >
            {t('palette.callsOf', { number })}
          </PaletteItem>
        </PaletteGroup>
      )}
    </>
  );
}
