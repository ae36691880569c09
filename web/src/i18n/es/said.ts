import type { said as en } from '#app/i18n/en/said.ts';

export const said: Record<keyof typeof en, string> = {
  'said.mails': 'Correos enviados: {{a}}; sin poder enviarse: {{b}}, véase el correo saliente.',
  'said.expired':
    'Caducados: {{a}} altas, {{b}} enlaces de contraseña, {{c}} enlaces de correo, {{d}} enlaces de teléfono, {{e}} sesiones.',
  'said.ledgerRight': '{{a}} cuentas: cada saldo es la suma de sus movimientos.',
  'said.ledgerWrong': '{{a}} saldos no son la suma de sus movimientos: {{b}}.',
  'said.backupPostgres': 'La base de datos es PostgreSQL: cópiela con sus propias herramientas (pg_dump).',
  'said.backup': '{{a}}, {{b}} kB, comprobada.',
  'said.backupPruned': '{{a}}, {{b}} kB, comprobada; copias viejas eliminadas: {{c}}.',
  'said.archive': '{{a}}, {{b}} kB, descifrada y comprobada.',
  'said.archivePruned': '{{a}}, {{b}} kB, descifrada y comprobada; copias viejas eliminadas: {{c}}.',
  'said.archiveCopied': '{{a}}, {{b}} kB, descifrada y comprobada, copiada a {{c}} y leída de vuelta.',
  'said.archiveChecked': '{{a}}: descifrada y comprobada hasta el final.',
  'said.archiveNone': 'No hay ninguna copia que comprobar.',
  'said.archiveBroken': '{{a}} no se puede restaurar: {{b}}',
  'said.archiveNoPassphrase':
    'No se hace ninguna copia cifrada: todavía no tiene frase de paso. Póngala en la página de copias de seguridad.',
  'said.sweep': 'Llamadas de pago en curso: {{a}}; registros que esperan al disco: {{b}}; filas del diario sin llamada: {{c}}',
  'said.sample': '{{a}} llamadas, {{b}} registros SIP.',
  'said.samplePruned': '{{a}} llamadas, {{b}} registros SIP; {{c}} muestras viejas eliminadas.',
};
