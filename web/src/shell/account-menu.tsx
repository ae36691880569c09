import { CircleUser, Keyboard, LogOut } from 'lucide-react';
import { useNavigate } from 'react-router';
import { http } from '#app/api/client.ts';
import { languageNames } from '#app/components/choices.tsx';
import { buttonStyle } from '#app/components/ui/button.tsx';
import { Menu, MenuItem, MenuLine, MenuRadio } from '#app/components/ui/menu.tsx';
import { chooseLanguage, languages, useTexts } from '#app/i18n/index.ts';
import { cn } from '#app/lib/cn.ts';
import { setTheme, useTheme } from '#app/lib/theme.ts';
import { stopLive } from '#app/live/live.ts';
import { replaceSession, useSession } from '#app/session/session.ts';

/** Ends the session, and leads to the login. */
export function useLogout(): () => Promise<void> {
  const navigate = useNavigate();
  return async () => {
    await http.DELETE('/api/v1/session').catch(() => undefined);
    stopLive();
    await navigate('/login');
    replaceSession(null);
  };
}

export function AccountMenu({ onHelp }: { onHelp: () => void }) {
  const { t } = useTexts();
  const me = useSession();
  const logout = useLogout();

  return (
    <Menu
      trigger={
        <button
          type="button"
          className={cn(buttonStyle({ look: 'quiet' }), 'px-2')}
          aria-label={t('shell.account', { name: me?.name ?? '' })}
        >
          <CircleUser aria-hidden className="!size-5" />
          <span className="max-w-32 truncate max-md:hidden">{me?.name}</span>
        </button>
      }
    >
      <Appearance />
      <MenuLine />
      <MenuItem icon={Keyboard} onSelect={onHelp}>
        {t('shortcuts.title')}
      </MenuItem>
      <MenuItem icon={LogOut} onSelect={() => void logout()}>
        {t('shell.logout')}
      </MenuItem>
    </Menu>
  );
}

/** Theme and language, for everybody, logged in or not. */
export function Appearance() {
  const { t, language } = useTexts();
  const theme = useTheme();
  return (
    <>
      <MenuRadio
        label={t('shell.theme')}
        value={theme}
        onChange={setTheme}
        choices={[
          ['system', t('shell.themeSystem')],
          ['light', t('shell.themeLight')],
          ['dark', t('shell.themeDark')],
        ]}
      />
      <MenuRadio
        label={t('shell.language')}
        value={language}
        onChange={(next) => void chooseLanguage(next)}
        choices={languages.map((each) => [each, languageNames[each]])}
      />
    </>
  );
}
