import {
  Asterisk,
  AtSign,
  AudioLines,
  Ban,
  BrickWall,
  Cable,
  ClipboardList,
  Coins,
  DatabaseBackup,
  FileText,
  Hash,
  Headphones,
  History,
  House,
  Inbox,
  KeyRound,
  type LucideIcon,
  Network,
  PhoneCall,
  Radar,
  Route,
  ScrollText,
  Search,
  Server,
  Settings,
  ShieldCheck,
  Smartphone,
  Timer,
  UserPlus,
  Users,
  UsersRound,
  Voicemail,
  Wallet,
} from 'lucide-react';
import type { ComponentType } from 'react';
import type { MessageKey } from '#app/i18n/index.ts';
import { NewMessages } from '#app/shell/new-messages.tsx';

export interface NavItem {
  to: string;
  label: MessageKey;
  /** Where there is room for one word only. */
  short?: MessageKey;
  icon: LucideIcon;
  /** `g` then this letter jumps here. */
  go: string;
  /** Also in the bar at the bottom of a telephone. */
  main?: boolean;
  /** More words that the search finds it by. */
  also?: MessageKey;
  /** Marked only on the very address. */
  exact?: boolean;
  /** What waits there: a number beside the name, or nothing. */
  badge?: ComponentType;
}

export interface NavGroup {
  label?: MessageKey;
  items: readonly NavItem[];
}

/** Grouped by the job to be done. */
export const adminNavigation: readonly NavGroup[] = [
  { items: [{ to: '/admin', label: 'nav.home', icon: House, go: 'h', main: true, exact: true }] },
  {
    label: 'nav.people',
    items: [
      { to: '/admin/subscribers', label: 'nav.subscribers', icon: Users, go: 's', main: true },
      { to: '/admin/signups', label: 'nav.signups', icon: UserPlus, go: 'u' },
    ],
  },
  {
    label: 'nav.calls',
    items: [
      { to: '/admin/active-calls', label: 'nav.activeCalls', short: 'nav.activeCallsShort', icon: PhoneCall, go: 'a', main: true },
      { to: '/admin/calls', label: 'nav.callRecords', short: 'nav.callRecordsShort', icon: History, go: 'c', main: true },
      { to: '/admin/conference', label: 'nav.conference', icon: UsersRound, go: 'v' },
      { to: '/admin/route-test', label: 'nav.routeTest', icon: Route, go: 't' },
    ],
  },
  { label: 'nav.money', items: [{ to: '/admin/rates', label: 'nav.rates', icon: Coins, go: 'r' }] },
  {
    label: 'nav.network',
    items: [
      { to: '/admin/gateways', label: 'nav.gateways', icon: Cable, go: 'w' },
      { to: '/admin/numbers', label: 'nav.numbers', icon: Hash, go: 'n' },
      { to: '/admin/feature-codes', label: 'nav.featureCodes', icon: Asterisk, go: 'p' },
      { to: '/admin/prompts', label: 'nav.prompts', icon: AudioLines, go: '1' },
      { to: '/admin/registrations', label: 'nav.registrations', icon: Smartphone, go: 'd' },
      { to: '/admin/domains', label: 'nav.domains', icon: AtSign, go: 'i' },
      { to: '/admin/monitor', label: 'nav.monitor', icon: Radar, go: 'm' },
    ],
  },
  {
    label: 'nav.access',
    items: [
      { to: '/admin/certificates', label: 'nav.certificates', icon: ShieldCheck, go: 'z' },
      { to: '/admin/bans', label: 'nav.bans', icon: Ban, go: 'b' },
    ],
  },
  {
    label: 'nav.machineGroup',
    items: [
      { to: '/admin/system', label: 'nav.machine', icon: Server, go: 'y', also: 'nav.machineWords' },
      { to: '/admin/network', label: 'nav.ipNetwork', icon: Network, go: 'x', also: 'nav.ipNetworkWords' },
      { to: '/admin/firewall', label: 'nav.firewall', icon: BrickWall, go: 'f', also: 'nav.firewallWords' },
      { to: '/admin/logs', label: 'nav.log', icon: FileText, go: 'g', also: 'nav.logWords' },
    ],
  },
  {
    label: 'nav.system',
    items: [
      { to: '/admin/settings', label: 'nav.settings', icon: Settings, go: 'e' },
      { to: '/admin/backups', label: 'nav.backups', icon: DatabaseBackup, go: 'q' },
      { to: '/admin/jobs', label: 'nav.jobs', icon: Timer, go: 'j' },
      { to: '/admin/outbox', label: 'nav.outbox', icon: Inbox, go: 'o' },
      { to: '/admin/admins', label: 'nav.admins', icon: KeyRound, go: 'k' },
      { to: '/admin/audit', label: 'nav.audit', icon: ClipboardList, go: 'l' },
    ],
  },
];

export const portalNavigation: readonly NavGroup[] = [
  {
    items: [
      { to: '/my', label: 'nav.home', icon: House, go: 'h', main: true, exact: true },
      { to: '/my/calls', label: 'nav.myCalls', icon: History, go: 'c', main: true },
      { to: '/my/voicemail', label: 'nav.voicemail', icon: Voicemail, go: 'v', main: true, badge: NewMessages },
      { to: '/my/devices', label: 'nav.myDevices', icon: Headphones, go: 'd', main: true },
      { to: '/my/rates', label: 'nav.myRates', icon: Search, go: 'r', main: true },
      { to: '/my/ledger', label: 'nav.myLedger', icon: Wallet, go: 'l' },
    ],
  },
  {
    label: 'nav.account',
    items: [
      { to: '/my/profile', label: 'nav.profile', icon: ScrollText, go: 'p' },
      { to: '/my/password', label: 'nav.password', icon: KeyRound, go: 'k' },
    ],
  },
];
