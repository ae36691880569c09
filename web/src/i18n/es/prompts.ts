import type { prompts as en } from '#app/i18n/en/prompts.ts';

export const prompts: Record<keyof typeof en, string> = {
  'nav.prompts': 'Mensajes hablados',
  'prompts.text':
    'Lo que oyen quienes llaman. Ponga sus propias palabras o música en lugar de cualquiera, y vuelva al original cuando quiera.',
  'prompts.phone': 'O marque {{code}} y grabe por teléfono: dé el número que está junto al mensaje.',
  'prompts.language': 'Idioma',
  'prompts.search': 'Palabras o nombre',
  'prompts.none': 'Ningún mensaje tiene estas palabras.',
  'prompts.source.own': 'Sustituido',
  'prompts.source.installed': 'Voz grabada',
  'prompts.source.shipped': 'Voz de ordenador',
  'prompts.source.missing': 'Se oye en inglés',
  'prompts.wordless': 'En voz grabada',
  'prompts.beep': 'El tono antes de una grabación',
  'prompts.music': 'Música en espera',
  'prompts.replace': 'Sustituir',
  'prompts.replaceFor': 'Sustituir {{name}}',
  'prompts.replaced': 'Desde ahora se oye su grabación.',
  'prompts.restore': 'Original',
  'prompts.restoreFor': 'Volver al original de {{name}}',
  'prompts.restoreTitle': '¿Volver al original?',
  'prompts.restoreText': 'Su grabación se borra.',
  'prompts.unreadable': 'No se puede leer este archivo. Pruebe con WAV, MP3 o M4A.',
};
