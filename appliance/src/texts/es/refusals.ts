import type { refusals as en } from '../en/refusals.ts';

export const refusals: Record<keyof typeof en, string> = {
  'refusal.noSuchDataDisk': 'Ya no hay ningún disco de datos con este identificador de partición.',
  'refusal.sameId': '{{disks}} son copias uno de otro: diga cuál.',
  'refusal.and': ' y ',
  'refusal.notDamaged': 'No hay ningún disco de datos dañado.',
  'refusal.notRepaired': 'No se ha podido reparar el disco. {{summary}}',
  'refusal.noSuchDisk': 'No hay ningún disco {{device}}.',
  'refusal.notReadBack': 'Se ha escrito en {{device}}, pero lo escrito no se puede volver a leer.',
  'refusal.noDataDisk': 'No hay ningún disco de datos en uso.',
  'refusal.dataInUse': 'Ya hay un disco de datos en uso.',
  'refusal.noRoom': 'No hay sitio detrás de la imagen en {{device}}.',
  'refusal.diskRefused': '{{device}} no se puede usar: {{why}}.',
  'refusal.confirmNeeded': '{{device}} no está vacío. Para borrarlo, escriba {{confirm}}.',
  'refusal.noPartition': 'La partición nueva no ha aparecido.',
  'refusal.noSuchZone': 'No hay ninguna zona horaria {{zone}}.',
  'refusal.tooManyCodes': 'Demasiados códigos equivocados. Espere un minuto.',
  'refusal.codeWrong': 'El código no es correcto. Está en la consola de la máquina.',
  'refusal.formTooLarge': 'El formulario es demasiado grande.',
  'refusal.noSuchAction': 'No existe esa acción.',

  'key.wrong': 'Esto no es una clave pública SSH: {{why}}.',
  'key.lines': 'debe ser una sola línea',
  'key.private': 'es una clave privada; no se la dé a nadie',
  'key.type': 'su tipo "{{type}}" no se conoce',
  'key.damaged': 'está dañada',

  'exec.ended': 'ha terminado con {{code}}',
  'exec.signal': 'ha terminado por una señal',
  'exec.late': 'ha tardado más de {{seconds}} s',

  'server.newer':
    'Dialtone no puede arrancar: estos datos los usó por última vez Dialtone {{data}}, más nuevo que este ({{ours}}). No se ha cambiado nada. Arranque otra vez el Dialtone más nuevo; para volver a {{ours}}, elija en él "Deshacer la actualización".',
  'server.newerBuild':
    'Dialtone no puede arrancar: estos datos los usó por última vez una compilación más nueva de Dialtone {{ours}}. No se ha cambiado nada. Arranque otra vez la más nueva; para volver a esta de {{ours}}, elija en ella "Deshacer la actualización".',
  'server.undone':
    'Dialtone no puede arrancar: la actualización a Dialtone {{undone}} se ha deshecho. Los datos están otra vez como antes de ella y son de Dialtone {{data}}. Arranque ahora Dialtone {{data}}. Para actualizar a pesar de todo, use el menú de la consola, Actualización.',
  'server.ended': 'El servidor ha terminado con {{code}}.',

  'unattended.notYaml': '{{file}} no es YAML: {{why}}',
  'unattended.wholeFile': 'el archivo',
  'unattended.passwordHash': 'debe ser un hash argon2id ($argon2id$...), nunca una contraseña en claro',
  'unattended.noRoom': 'No hay sitio detrás de la imagen en la memoria USB.',
  'unattended.noBlank': 'No hay ningún disco vacío.',
  'unattended.manyBlank': 'Hay {{count}} discos vacíos ({{names}}): indique uno por su número de serie.',
  'unattended.noSerial': 'No hay ningún disco con el número de serie {{serial}}.',
  'unattended.refused': 'El disco {{serial}} no se puede usar: {{why}}.',
  'unattended.notBlank': 'El disco {{serial}} no está vacío, y el archivo no dice erase: true.',
};
