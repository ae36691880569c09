/** What an administrator is told at once, on every page and by mail. Stable: the pages translate it. */
export const ALARM_CODES = [
  'clock-not-set',
  'database-damaged',
  'disk-space',
  'image-damaged',
  'media-ports',
  'rtpengine-down',
  'unattended-faults',
] as const;
export type AlarmCode = (typeof ALARM_CODES)[number];
export type AlarmParams = Readonly<Record<string, string>>;

interface Words {
  /** What is wrong. */
  readonly title: string;
  /** What it means and what to do. */
  readonly text: string;
}

const fill = (text: string, params: AlarmParams): string => text.replace(/\{(\w+)\}/g, (_, name: string) => params[name] ?? '');

const WORDS: Readonly<Record<'en' | 'es', Record<AlarmCode, Words>>> = {
  en: {
    'clock-not-set': {
      title: 'The clock is not set: no paid calls',
      text: 'The clock of the machine cannot be trusted (it says {now}). Calls between subscribers go on; calls that cost money are refused until a time server has been reached or you confirm the time on the pages.',
    },
    'database-damaged': {
      title: 'The database is damaged',
      text: 'What SQLite found: {fault}. Calls go on for as long as they can. Download the newest good backup, look at the disk, and restore the backup; what came in since then may be lost.',
    },
    'disk-space': {
      title: 'The disk is {percent} % full',
      text: 'Only {free} are free. From 95 % on, voicemail, recordings and backups on this disk stop; calls, records and money go on. Delete old backups and files, or use a larger disk.',
    },
    'image-damaged': {
      title: 'The disc or stick Dialtone runs from is damaged',
      text: 'These files are not as they were made: {files}. The data disk is not concerned. Write the image to a new stick or disc and boot from it.',
    },
    'media-ports': {
      title: 'Nearly all ports for sound are taken',
      text: '{used} of {ports} are open. When all are taken, calls that need one are refused. Give Dialtone a wider range of ports (DIALTONE_RTP).',
    },
    'rtpengine-down': {
      title: 'No rtpengine answers',
      text: 'Asked: {nodes}. Calls whose sound has to pass through it are refused. Start it again, or choose the built-in relay in the settings.',
    },
    'unattended-faults': {
      title: 'The unattended set-up was not used',
      text: 'Nothing of it was applied: {faults}',
    },
  },
  es: {
    'clock-not-set': {
      title: 'El reloj no está en hora: no hay llamadas de pago',
      text: 'El reloj de la máquina no es de fiar (dice {now}). Las llamadas entre abonados siguen; las que cuestan dinero se rechazan hasta que se alcance un servidor de hora o confirme usted la hora en las páginas.',
    },
    'database-damaged': {
      title: 'La base de datos está dañada',
      text: 'Lo que encontró SQLite: {fault}. Las llamadas siguen mientras puedan. Descargue la última copia de seguridad buena, revise el disco y restaure la copia; lo que entró desde entonces puede perderse.',
    },
    'disk-space': {
      title: 'El disco está lleno al {percent} %',
      text: 'Solo quedan libres {free}. A partir del 95 % se detienen el buzón de voz, las grabaciones y las copias de seguridad en este disco; las llamadas, los registros y el dinero siguen. Borre copias y archivos antiguos, o use un disco mayor.',
    },
    'image-damaged': {
      title: 'El disco o la memoria USB de Dialtone está dañado',
      text: 'Estos archivos ya no son como se hicieron: {files}. El disco de datos no está afectado. Grabe la imagen en otra memoria o disco y arranque desde ahí.',
    },
    'media-ports': {
      title: 'Casi todos los puertos de sonido están ocupados',
      text: 'Hay {used} de {ports} abiertos. Cuando estén todos ocupados, las llamadas que necesiten uno se rechazan. Dé a Dialtone un rango de puertos más amplio (DIALTONE_RTP).',
    },
    'rtpengine-down': {
      title: 'Ningún rtpengine responde',
      text: 'Preguntado: {nodes}. Las llamadas cuyo sonido tiene que pasar por él se rechazan. Arránquelo de nuevo, o elija el relé incorporado en los ajustes.',
    },
    'unattended-faults': {
      title: 'La instalación desatendida no se ha usado',
      text: 'No se ha aplicado nada: {faults}',
    },
  },
};

/** An alarm in words. */
export function alarmWords(code: AlarmCode, params: AlarmParams, language: 'en' | 'es'): Words {
  const { title, text } = WORDS[language][code];
  return { title: fill(title, params), text: fill(text, params) };
}
